"""Connects to the database so that what is committed is on disk, and says what went wrong in the store's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import asyncpg

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.store.errors import CannotOpen, RuleBroken, SchemaTooNew, UnsafeDurability
from frontdesk.store.migrations import load_migrations
from frontdesk.store.postgres.dialect import statement

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

#: Seconds until a connection must stand, and until a statement must be answered; the server gives up first.
CONNECT_S = 2.0
COMMAND_S = 6.0
#: A transaction whose process is frozen must not hold its locks for long: the lock timeout ends before the statement's.
_SETTINGS = {
    "application_name": "frontdesk",
    "statement_timeout": "5000",
    "lock_timeout": "4000",
    "idle_in_transaction_session_timeout": "3000",
    "tcp_user_timeout": "9000",
    "jit": "off",
    "timezone": "UTC",
}
#: What a call raises when the database is away, refuses to work, or was cut off in the middle of a word.
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
#: Any number that other programs on the same database are unlikely to use for their advisory locks.
MIGRATION_LOCK = 0x46724D69
OLDEST = 150_000


class Overtaken(Exception):
    """Another process was first; deciding again on what is there now will do."""


async def connect(url: str) -> Connection:
    """Return a connection. Raises StoreUnavailable."""
    with answering():
        return await asyncpg.connect(url, timeout=CONNECT_S, command_timeout=COMMAND_S, server_settings=_SETTINGS)


async def create_pool(url: str, *, size: int) -> asyncpg.Pool[asyncpg.Record]:
    """Return a pool of connections for reading. Raises StoreUnavailable."""
    settings = {**_SETTINGS, "default_transaction_read_only": "on"}
    with answering():
        return await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            timeout=CONNECT_S,
            command_timeout=COMMAND_S,
            server_settings=settings,
            reset=_as_it_was,
        )


async def _as_it_was(connection: Any) -> None:
    """Reset nothing: reads leave nothing behind in a connection."""


@contextmanager
def answering() -> Iterator[None]:
    """Raise what the block's database calls raise as StoreUnavailable, RuleBroken or Overtaken."""
    try:
        yield
    except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
        raise Overtaken(str(error)) from error
    except asyncpg.IntegrityConstraintViolationError as error:
        raise RuleBroken(str(error)) from error
    except asyncpg.DataError as error:
        raise RuleBroken(f"the database cannot hold it: {error}") from error
    except FAULTS as error:
        raise StoreUnavailable(f"the database does not answer: {type(error).__name__}: {error}") from error


async def check(connection: Connection) -> None:
    """Raise CannotOpen for a server that is too old, or that would say "saved" before the disk has it."""
    if int(await connection.fetchval("SHOW server_version_num")) < OLDEST:
        raise CannotOpen(f"PostgreSQL 15 or newer is needed, not {await connection.fetchval('SHOW server_version')}")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if await connection.fetchval(f"SHOW {setting}") == "off":
            raise UnsafeDurability(
                f"PostgreSQL's `{setting}` is off: a power cut would lose what we said is saved. Set it to on."
            )


async def migrate(connection: Connection, *, queries: dict[str, str]) -> None:
    """Run the steps that this database has not seen; of two that start at once, one waits. Raises SchemaTooNew."""
    steps = load_migrations()
    await connection.execute("SET statement_timeout = 0; SET lock_timeout = 0")
    await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK, timeout=600)
    try:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL)"
        )
        version: int = await connection.fetchval(queries["version"])
        if version > len(steps):
            raise SchemaTooNew(f"the data has schema {version}, this program knows up to {len(steps)}; use a newer one")
        for step in steps[version:]:
            async with connection.transaction():
                for one in step.statements:
                    await connection.execute(statement(one), timeout=600)
                await connection.execute(queries["migrated"], step.version, step.name)
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)
