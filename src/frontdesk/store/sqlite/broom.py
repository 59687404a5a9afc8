"""Removes what is past its time from a SQLite file."""

from __future__ import annotations

import sqlite3

from frontdesk.core.ids import Instant
from frontdesk.store.queries import Query
from frontdesk.store.sqlite.file import transaction
from frontdesk.store.sqlite.vault import SqliteVault
from frontdesk.store.sweeping import AT_ONCE, ATTEMPTS_MS, REMEMBERED_MS, UNSPOKEN_MS


class SqliteBroom:
    """Sweeps between two commits, a bounded number of records in each call."""

    def __init__(self, vault: SqliteVault, *, db: sqlite3.Connection, queries: dict[str, Query]) -> None:
        self._vault = vault
        self._db = db
        self._queries = queries

    async def sweep(self, now: Instant) -> int:
        """Remove what is past its time; return how many records went. Raises StoreUnavailable."""
        return await self._vault.write(lambda: self._sweep(now))

    def _sweep(self, now: Instant) -> int:
        with transaction(self._db):
            gone = self._run("old_remembered", now - REMEMBERED_MS, AT_ONCE)
            gone += self._run("old_attempts", now - ATTEMPTS_MS, AT_ONCE)
            unspoken = self._db.execute(self._queries["unspoken"].sql, (now - UNSPOKEN_MS, AT_ONCE)).fetchall()
            for conversation_id, contact_id in unspoken:
                gone += self._run("remove_conversation", conversation_id)
                self._run("point_at_newest", contact_id)
                gone += self._run("remove_contact", contact_id)
        return gone

    def _run(self, name: str, *values: object) -> int:
        return self._db.execute(self._queries[name].sql, values).rowcount
