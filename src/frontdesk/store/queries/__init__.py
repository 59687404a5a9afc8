"""The named queries of `*.sql`, each with one line that says what it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

_HEADING = re.compile(r"^-- (?P<name>\w+): (?P<purpose>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Query:
    """One statement; `{keys}` in it stands for a list of keys."""

    sql: str
    purpose: str


def load_queries() -> dict[str, Query]:
    """Return every query by its name. Raises ValueError for a name that is there twice."""
    found: dict[str, Query] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".sql"):
            continue
        for name, query in parse(file.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"two queries are called {name}")
            found[name] = query
    return found


def parse(text: str) -> dict[str, Query]:
    """Return the queries of one file: each starts at `-- name: purpose` and ends at the next."""
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return {
        heading["name"]: Query(text[heading.end() : end].strip().rstrip(";"), heading["purpose"])
        for heading, end in zip(headings, ends, strict=True)
    }


def keyed(sql: str, *, width: int, count: int) -> str:
    """Return the statement for so many keys of so many columns each; parameters are written `?`."""
    one = "?" if width == 1 else f"({', '.join('?' * width)})"
    return sql.replace("{keys}", ", ".join([one] * count))
