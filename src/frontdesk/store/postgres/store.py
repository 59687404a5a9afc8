"""Puts the parts of the PostgreSQL store together."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack

import asyncpg

from frontdesk.actions.ports import Fresh, Scribe, StoreUnavailable
from frontdesk.core.ids import Instant
from frontdesk.store.batch import Outside
from frontdesk.store.errors import CannotOpen
from frontdesk.store.ledger import GroupLedger
from frontdesk.store.postgres.broom import PostgresBroom
from frontdesk.store.postgres.connection import answering, check, connect, create_pool, migrate
from frontdesk.store.postgres.dialect import load
from frontdesk.store.postgres.reader import PostgresReader
from frontdesk.store.postgres.vault import PostgresVault
from frontdesk.store.postgres.watch import Watch

#: Connections that read and sweep; with the one that commits and the one that listens, six a process.
READERS = 4
#: Seconds that the database may take to show that it saves.
PROBE_S = 5.0


class PostgresStore:
    """A store in one database, shared by any number of processes. It belongs to one event loop."""

    def __init__(
        self,
        url: str,
        *,
        pool: asyncpg.Pool[asyncpg.Record],
        vault: PostgresVault,
        watch: Watch,
        epoch: str,
        queries: dict[str, str],
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._probe_sql = queries["probe"]
        #: Carries hints to other processes, and theirs to this one.
        self.wire = watch
        #: This process, among those that share the database.
        self.holder = watch.holder
        self.ledger = GroupLedger(vault)
        self.reader = PostgresReader(pool, queries=queries, directory=lambda: vault.directory, watch=watch)
        self.broom = PostgresBroom(url, queries=queries)
        #: Random; another one means that clients cannot go on from what they have.
        self.epoch = epoch

    @classmethod
    async def open(cls, url: str, *, now: Callable[[], Instant], fresh: Fresh, scribe: Scribe) -> PostgresStore:
        """Open the database at `url` and bring its schema up to date. Raises CannotOpen."""
        queries = load()
        try:
            async with AsyncExitStack() as undo:
                epoch = await _prepared(url, queries=queries)
                watch = Watch(url)
                outside = Outside(now=now, fresh=fresh, scribe=scribe, holder=watch.holder)
                vault = PostgresVault(url, queries=queries, outside=outside)
                undo.push_async_callback(vault.close)
                await vault.refresh()
                pool = await create_pool(url, size=READERS)
                undo.push_async_callback(pool.close)
                await watch.start(vault.refresh)
                store = cls(url, pool=pool, vault=vault, watch=watch, epoch=epoch, queries=queries)
                undo.pop_all()
        except StoreUnavailable as error:
            raise CannotOpen(f"The database cannot be reached: {error}") from error
        return store

    async def probe(self) -> None:
        """Write something. Raises StoreUnavailable where nothing can be saved."""
        with answering():
            async with self._pool.acquire(timeout=PROBE_S) as connection, connection.transaction():
                # The pool is there to read; this once it writes.
                await connection.execute("SET TRANSACTION READ WRITE")
                await connection.execute(self._probe_sql, "", timeout=PROBE_S)

    async def close(self) -> None:
        """Save what waits, then let go of the database."""
        await self.ledger.close()
        await self.wire.stop()
        await self._vault.close()
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


async def _prepared(url: str, *, queries: dict[str, str]) -> str:
    """Check the server, run the migrations that are missing, and return the epoch."""
    connection = await connect(url)
    try:
        with answering():
            await check(connection)
            await migrate(connection, queries=queries)
            await connection.execute(queries["keep_fact"], "epoch", secrets.token_hex(16))
            epoch: str = await connection.fetchval(queries["fact"], "epoch")
    finally:
        await connection.close(timeout=2.0)
    return epoch
