"""Commits batches of commands on the one connection that writes; decisions run on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg

from frontdesk.actions.ports import Command, StoreUnavailable
from frontdesk.core.change import Change
from frontdesk.core.people import Directory
from frontdesk.failpoints import failpoint
from frontdesk.store import rows
from frontdesk.store.batch import Outcome, Outside, decide
from frontdesk.store.errors import OutcomeUnknown, RuleBroken
from frontdesk.store.gather import gather
from frontdesk.store.overlay import Overlay
from frontdesk.store.postgres.connection import FAULTS, Connection, Overtaken, answering, connect
from frontdesk.store.postgres.loaded import Loaded
from frontdesk.store.postgres.locks import Owners, lock_numbers
from frontdesk.store.postgres.saving import Saving
from frontdesk.store.postgres.watch import CONFIGURATION

#: A batch that another process overtook is decided again so often.
TRIES = 4


class PostgresVault:
    """Loads, decides and saves in one transaction, under the locks of the contacts that it is about."""

    def __init__(self, url: str, *, queries: dict[str, str], outside: Outside) -> None:
        self._url = url
        self._queries = queries
        self._outside = outside
        self._connection: Connection | None = None
        self._owners = Owners(queries)
        self._saving = Saving(queries)
        self._turns = asyncio.Lock()
        #: The configuration as this process last saw it, and its version.
        self.directory = Directory()
        self.version = -1

    async def commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        """Return what is now durable. Raises StoreUnavailable, RuleBroken, or what a command raised."""
        for tried in range(1, TRIES + 1):
            try:
                async with self._turns:
                    return await self._commit(commands)
            except Overtaken as error:
                if tried == TRIES:
                    raise StoreUnavailable(f"other processes were first {TRIES} times: {error}") from error
            except RuleBroken:
                # It may be the work of another process since we looked: one command alone looks once more.
                if len(commands) > 1 or tried > 1:
                    raise
        raise AssertionError("the last try returns or raises")

    async def refresh(self) -> bool:
        """Read the configuration where it changed; tell whether it did. Raises StoreUnavailable."""
        async with self._turns:
            connection = await self._connected()
            with answering():
                version: int = await connection.fetchval(self._queries["configuration"])
            return await self._see(connection, version=version)

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def _commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        transaction = _Transaction(await self._connected())
        try:
            outcome = await self._decided(commands, transaction=transaction)
            if outcome.change.entries:
                failpoint("msg.before_commit")
        except BaseException:
            await transaction.roll_back()
            raise
        try:
            await transaction.commit()
        except BaseException:
            await transaction.roll_back()
            if not await self._was_committed(transaction):
                raise
        if outcome.change.entries:
            failpoint("msg.after_commit")
        self._owners.learn(outcome.change)
        if _configures(outcome.change):
            self.directory, self.version = outcome.directory, self.version + 1
        return outcome

    async def _decided(self, commands: Sequence[Command[Any]], *, transaction: _Transaction) -> Outcome:
        connection = transaction.connection
        footprints = [one.footprint for one in commands]
        with answering():
            contacts = await self._owners.of(footprints, connection=connection)
            await transaction.begin(lock_numbers(footprints, contacts=contacts))
            found = await connection.fetch(self._queries["begin"], list(contacts))
        version, transaction.number = found[0][0], found[0][1]
        await self._see(connection, version=version)
        loaded = Loaded(found, contacts=contacts)
        overlay = await self._load(connection, loaded=loaded, commands=commands)
        outcome = decide(commands, overlay, outside=self._outside)
        with answering():
            await self._save(connection, outcome.change)
        return outcome

    async def _load(self, connection: Connection, *, loaded: Loaded, commands: Sequence[Command[Any]]) -> Overlay:
        wanted = gather([one.footprint for one in commands], directory=self.directory)
        try:
            want = next(wanted)
            while True:
                records, missing = loaded.take(want)
                if missing:
                    with answering():
                        records += await missing.fetch(connection, queries=self._queries)
                want = wanted.send(records)
        except StopIteration as done:
            overlay: Overlay = done.value
            return overlay

    async def _save(self, connection: Connection, change: Change) -> None:
        if _configures(change):
            done = await connection.execute(self._queries["reconfigured"], self.version)
            if done == "UPDATE 0":
                raise Overtaken("the configuration changed meanwhile")
            await connection.execute("SELECT pg_notify($1, '')", CONFIGURATION)
        await self._saving.save(connection, change)

    async def _see(self, connection: Connection, *, version: int) -> bool:
        """Read the configuration where its version is not the one that we have."""
        if version == self.version:
            return False
        with answering():
            self.directory = await read_directory(connection, queries=self._queries)
        self.version = version
        return True

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url)
        return self._connection

    async def _was_committed(self, transaction: _Transaction) -> bool:
        """Ask what became of a commit whose answer was lost. Raises OutcomeUnknown where nobody can tell."""
        if not transaction.in_doubt:
            return False
        try:
            connection = await self._connected()
            with answering():
                state = await connection.fetchval("SELECT pg_xact_status($1::text::xid8)", transaction.number)
        except StoreUnavailable as error:
            raise OutcomeUnknown("the database went away while it saved") from error
        if state == "in progress":
            raise OutcomeUnknown("the database is still saving")
        return bool(state == "committed")


class _Transaction:
    """One transaction, and how far it came."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        #: The database's number for it, once known.
        self.number: str | None = None
        #: Whether the commit was sent and no answer came.
        self.in_doubt = False

    async def begin(self, locks: list[int]) -> None:
        """Begin, and wait for the locks in their order, in one round trip."""
        numbers = ",".join(map(str, locks))
        await self.connection.execute(
            f"BEGIN; SELECT pg_advisory_xact_lock(one) FROM unnest('{{{numbers}}}'::bigint[]) one"  # noqa: S608 (numbers)
        )

    async def commit(self) -> None:
        """Commit. Raises StoreUnavailable, also where nobody knows what became of it."""
        with answering():
            try:
                await self.connection.execute("COMMIT")
            except asyncpg.PostgresError as error:
                self.in_doubt = self.connection.is_closed() or isinstance(error, asyncpg.PostgresConnectionError)
                raise
            except BaseException:
                self.in_doubt = True
                raise

    async def roll_back(self) -> None:
        """Take everything back; where that cannot be said, hang up, which does the same."""
        if not self.in_doubt and not self.connection.is_closed():
            try:
                await self.connection.execute("ROLLBACK", timeout=1.0)
            except FAULTS:
                self.connection.terminate()
        else:
            self.connection.terminate()


def _configures(change: Change) -> bool:
    return bool(change.widgets or change.groups or change.bots)


async def read_directory(connection: Connection, *, queries: dict[str, str]) -> Directory:
    """Return the stored configuration."""
    widgets = [rows.widget_of(tuple(row)) for row in await connection.fetch(queries["all_widgets"])]
    groups = [rows.group_of(tuple(row)) for row in await connection.fetch(queries["all_groups"])]
    bots = [rows.bot_of(tuple(row)) for row in await connection.fetch(queries["all_bots"])]
    return Directory(
        widgets={one.id: one for one in widgets},
        groups={one.id: one for one in groups},
        bots={one.id: one for one in bots},
    )
