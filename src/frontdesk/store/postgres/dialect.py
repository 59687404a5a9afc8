"""Puts the shared queries and migrations into PostgreSQL's words."""

from __future__ import annotations

from importlib.resources import files
from itertools import count

from frontdesk.store.queries import load_queries, parse

#: The types of the columns of `VALUES {keys}`; single keys are texts.
_KEYS = {
    "entries": ("text", "bigint"),
    "answers": ("text", "bigint"),
    "messages": ("text", "text"),
    "remembered": ("bigint", "text"),
}


def load() -> dict[str, str]:
    """Return every query by its name: the shared ones, and those that only PostgreSQL is asked."""
    shared = {name: translated(query.sql, keys=_KEYS.get(name, ("text",))) for name, query in load_queries().items()}
    own = parse(files(__package__).joinpath("queries.sql").read_text(encoding="utf-8"))
    return shared | {name: query.sql for name, query in own.items()}


def translated(sql: str, *, keys: tuple[str, ...]) -> str:
    """Return the statement with numbered parameters; a list of keys becomes one array for each of its columns."""
    arrays = [f"${number}::{kind}[]" for number, kind in enumerate(keys, start=1)]
    numbers = count(1 + ("{keys}" in sql) * len(arrays))
    for shared, ours in (
        ("VALUES {keys}", f"SELECT * FROM unnest({', '.join(arrays)})"),  # noqa: S608 (made of types)
        ("NOT IN ({keys})", f"<> ALL({arrays[0]})"),
        ("IN ({keys})", f"= ANY({arrays[0]})"),
    ):
        sql = sql.replace(shared, ours)
    first, *rest = sql.split("?")
    return first + "".join(f"${next(numbers)}{part}" for part in rest)


def columns(keys: list[object]) -> list[list[object]]:
    """Return keys as one list for each of their columns."""
    if isinstance(keys[0], tuple):
        return [list(column) for column in zip(*keys, strict=True)]
    return [keys]


def statement(sql: str) -> str:
    """Return a statement of a migration."""
    return sql.replace(" BLOB", " BYTEA")
