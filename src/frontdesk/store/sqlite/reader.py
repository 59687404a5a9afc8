"""Reads what is durable, on connections of its own, so that readers and the writer do not wait for one another."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from frontdesk.actions.ports import Snapshot, StoreUnavailable
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.ids import Cid, ContactId, ConversationId, Seq
from frontdesk.core.people import Directory
from frontdesk.store import rows
from frontdesk.store.asking import Asking
from frontdesk.store.queries import Query, keyed
from frontdesk.store.reading import continues
from frontdesk.store.sqlite.file import open_reader

T = TypeVar("T")

CONNECTIONS = 3


class SqliteReader(Asking):
    """The Reader of a SQLite file; `directory` gives the writer's newest configuration."""

    def __init__(
        self, path: Path, *, queries: dict[str, Query], directory: Callable[[], Directory], holder: str
    ) -> None:
        self._queries = queries
        self._holder = holder
        self._directory = directory
        self._free: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._threads = ThreadPoolExecutor(max_workers=CONNECTIONS, thread_name_prefix="store-reader")
        for _ in range(CONNECTIONS):
            self._free.put(open_reader(path))

    def directory(self) -> Directory:
        """Return the configuration as of the newest commit."""
        return self._directory()

    async def snapshot(
        self, contact_id: ContactId, *, has: tuple[ConversationId, Seq] | None, limit: int
    ) -> Snapshot | None:
        """Return the contact's newest conversation: all after `has` where that fits in `limit`, else the newest."""
        return await self._read(lambda db: self._snapshot(db, contact_id=contact_id, has=has, limit=limit))

    async def history(self, conversation_id: ConversationId, *, before: Seq, limit: int) -> tuple[Entry, ...]:
        """Return up to `limit` entries before `before`, oldest first."""
        found = await self._all("entries_before", conversation_id, before, limit)
        return tuple(rows.entry_of(row) for row in reversed(found))

    async def entry(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return one entry, or None."""
        found = await self._all("entries_after", conversation_id, seq - 1, 1)
        entry = rows.entry_of(found[0]) if found else None
        return entry if entry is not None and entry.seq == seq else None

    async def conversation(self, conversation_id: ConversationId) -> Conversation | None:
        """Return one conversation, or None."""
        return await self._read(lambda db: self._conversation(db, conversation_id))

    async def positions(self, contacts: Collection[ContactId]) -> tuple[tuple[ContactId, ConversationId, Seq], ...]:
        """Return where the newest conversation of each of these contacts stands."""
        people = list(contacts)
        sql = keyed(self._queries["positions"].sql, width=1, count=len(people))
        found = await self._read(lambda db: db.execute(sql, people).fetchall()) if people else []
        return tuple((row[0], row[1], row[2]) for row in found)

    async def orphans(self, *, limit: int) -> tuple[tuple[Cid, str], ...]:
        """Return lanes of processes that had the folder before, each with its holder."""
        sql = keyed(self._queries["orphans"].sql, width=1, count=1)
        found = await self._read(lambda db: db.execute(sql, (self._holder, limit)).fetchall())
        return tuple((row[0], row[1]) for row in found)

    def close(self) -> None:
        """Wait for reads under way and close the connections."""
        self._threads.shutdown()
        for _ in range(CONNECTIONS):
            self._free.get().close()

    async def _all(self, name: str, *values: object) -> list[rows.Row]:
        sql = self._queries[name].sql
        return await self._read(lambda db: db.execute(sql, values).fetchall())

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._with_connection, work)

    def _with_connection(self, work: Callable[[sqlite3.Connection], T]) -> T:
        db = self._free.get()
        try:
            return work(db)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the database does not answer: {error}") from error
        finally:
            self._free.put(db)

    def _snapshot(
        self, db: sqlite3.Connection, *, contact_id: ContactId, has: tuple[ConversationId, Seq] | None, limit: int
    ) -> Snapshot | None:
        with _one_moment(db):
            contact_row = self._one(db, "contacts", contact_id)
            if contact_row is None:
                return None
            contact = rows.contact_of(contact_row)
            newest = contact.conversation_id
            conversation = None if newest is None else self._conversation(db, newest)
            if conversation is None:
                return Snapshot(contact=contact, conversation=None, entries=(), resumed=False)
            resumed = continues(conversation, has=has, limit=limit)
            start = has[1] if resumed and has else max(0, conversation.last_seq - limit)
            found = db.execute(self._queries["entries_after"].sql, (conversation.id, start, limit))
            entries = tuple(rows.entry_of(row) for row in found)
        return Snapshot(contact=contact, conversation=conversation, entries=entries, resumed=resumed)

    def _conversation(self, db: sqlite3.Connection, conversation_id: ConversationId) -> Conversation | None:
        row = self._one(db, "conversations", conversation_id)
        return None if row is None else rows.conversation_of(row)

    def _one(self, db: sqlite3.Connection, name: str, key: str) -> rows.Row | None:
        sql = keyed(self._queries[name].sql, width=1, count=1)
        row: tuple[Any, ...] | None = db.execute(sql, (key,)).fetchone()
        return row


@contextmanager
def _one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """Let all reads of the block see the same state."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.rollback()
