"""The forward-only steps of the schema, `NNNN_name.sql`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step; it runs once, in a transaction of its own."""

    version: int
    name: str
    statements: tuple[str, ...]


def load_migrations() -> tuple[Migration, ...]:
    """Return every step in order. Raises ValueError where a number is missing or there twice."""
    names = sorted(one.name for one in files(__package__).iterdir() if one.name.endswith(".sql"))
    found = tuple(_migration(name) for name in names)
    if [one.version for one in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migrations are not numbered 1, 2, 3 …: {', '.join(names)}")
    return found


def _migration(file_name: str) -> Migration:
    number, _, name = file_name.removesuffix(".sql").partition("_")
    text = files(__package__).joinpath(file_name).read_text(encoding="utf-8")
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    statements = tuple(part.strip() for part in bare.split(";\n") if part.strip(" \n;"))
    return Migration(version=int(number), name=name, statements=statements)
