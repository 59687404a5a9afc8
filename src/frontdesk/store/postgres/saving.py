"""Saves a whole change with one statement: a round trip costs more than the rows in it."""

from __future__ import annotations

import re
from typing import Any

from frontdesk.core.change import Change
from frontdesk.store.postgres.connection import Connection
from frontdesk.store.save import statements

_VALUES = re.compile(r"VALUES \(\$1(?:, \$\d+)*\)")


class Saving:
    """Puts the queries of queries/save.sql together, each over arrays with one element a row."""

    def __init__(self, queries: dict[str, str]) -> None:
        self._queries = queries
        #: The types of each query's columns, as the database names them.
        self._types: dict[str, list[str]] = {}
        self._made: dict[tuple[str, ...], str] = {}

    async def save(self, connection: Connection, change: Change) -> None:
        """Save the change. Raises what the database raises."""
        plan = list(statements(change))
        if not plan:
            return
        for name, _ in plan:
            if name not in self._types:
                prepared = await connection.prepare(self._queries[name])
                self._types[name] = [one.name for one in prepared.get_parameters()]
        names = tuple(name for name, _ in plan)
        if names not in self._made:
            self._made[names] = self._together(names)
        columns: list[Any] = [column for _, rows in plan for column in zip(*rows, strict=True)]
        await connection.execute(self._made[names], *columns)

    def _together(self, names: tuple[str, ...]) -> str:
        """Return one statement of all; references between the rows are checked at its end."""
        parts, first = [], 1
        for name in names:
            types = self._types[name]
            arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types, start=first))
            first += len(types)
            parts.append(_VALUES.sub(f"SELECT * FROM unnest({arrays})", self._queries[name]))  # noqa: S608 (types)
        *before, last = parts
        if not before:
            return last
        named = ",\n".join(f"part_{number} AS ({part})" for number, part in enumerate(before))
        return f"WITH {named}\n{last}"
