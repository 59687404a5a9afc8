"""Why there is no copying of a PostgreSQL database here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from frontdesk.actions.ports import StoreUnavailable


class PostgresBackups:
    """Leaves backups to PostgreSQL's own tools, which do it well."""

    async def back_up(self, target: Path, *, progress: Callable[[int, int], None]) -> int:
        """Raise StoreUnavailable, with what to do instead."""
        del progress
        raise StoreUnavailable(f"PostgreSQL has tools for this: pg_dump --format=custom --file={target} DATABASE_URL")
