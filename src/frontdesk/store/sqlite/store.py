"""Puts the parts of the SQLite store together."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from frontdesk.actions.ports import Fresh, Scribe
from frontdesk.core.ids import Instant
from frontdesk.store.batch import Outside
from frontdesk.store.ledger import GroupLedger
from frontdesk.store.queries import Query, load_queries
from frontdesk.store.sqlite.broom import SqliteBroom
from frontdesk.store.sqlite.file import Synchronous, migrate, open_writer, transaction
from frontdesk.store.sqlite.folder import Folder
from frontdesk.store.sqlite.reader import SqliteReader
from frontdesk.store.sqlite.vault import SqliteVault
from frontdesk.store.wires import Alone

#: As much as the store must be able to take.
PROBE_BYTES = 65_536


class SqliteStore:
    """A store in one data folder, held by this process until `close`."""

    def __init__(self, folder: Folder, *, db: sqlite3.Connection, outside: Outside, queries: dict[str, Query]) -> None:
        self._folder = folder
        self._db = db
        self._probe_sql = queries["probe"].sql
        #: This process's life with the folder.
        self.holder = outside.holder
        self.wire = Alone()
        self._vault = SqliteVault(db, queries=queries, outside=outside)
        self.ledger = GroupLedger(self._vault)
        self.reader = SqliteReader(
            folder.data_file, queries=queries, directory=lambda: self._vault.directory, holder=outside.holder
        )
        self.broom = SqliteBroom(self._vault, db=db, queries=queries)
        #: Random; another one means that clients cannot go on from what they have.
        self.epoch: str = db.execute(queries["fact"].sql, ("epoch",)).fetchone()[0]

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        now: Callable[[], Instant],
        fresh: Fresh,
        scribe: Scribe,
        synchronous: Synchronous = "FULL",
    ) -> SqliteStore:
        """Open the store in the folder `path`, made where it is not there. Raises CannotOpen.

        `now`, `fresh` and `scribe` are called on the writer's thread.
        """
        outside = Outside(now=now, fresh=fresh, scribe=scribe, holder=fresh.hex())
        return await asyncio.to_thread(cls._open, path, outside=outside, synchronous=synchronous)

    @classmethod
    def _open(cls, path: Path, *, outside: Outside, synchronous: Synchronous) -> SqliteStore:
        queries = load_queries()
        with ExitStack() as undo:
            folder = Folder(path)
            undo.callback(folder.release)
            db = open_writer(folder.data_file, synchronous=synchronous)
            undo.callback(db.close)
            migrate(db, queries=queries)
            with transaction(db):
                db.execute(queries["keep_fact"].sql, ("epoch", secrets.token_hex(16)))
            store = cls(folder, db=db, outside=outside, queries=queries)
            undo.pop_all()
        return store

    async def probe(self) -> None:
        """Write something. Raises StoreUnavailable where nothing can be saved."""
        await self._vault.write(self._probe)

    def _probe(self) -> None:
        # With room for a grouped commit, and left small.
        with transaction(self._db):
            for text in ("." * PROBE_BYTES, ""):
                self._db.execute(self._probe_sql, (text,))

    async def close(self) -> None:
        """Save what waits, then let go of the folder."""
        await self.ledger.close()
        await asyncio.to_thread(self.reader.close)
        await self._vault.close()
        self._folder.release()
