"""Reads what is durable, on a small pool of connections that cannot write."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import asyncpg

from frontdesk.actions.ports import Snapshot, StoreUnavailable
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.ids import Cid, ContactId, ConversationId, Seq
from frontdesk.core.people import Directory
from frontdesk.store import rows
from frontdesk.store.asking import Asking
from frontdesk.store.postgres.connection import answering
from frontdesk.store.postgres.watch import Watch
from frontdesk.store.reading import continues

#: Where the conversation's columns begin in a row of the query `newest`.
_CONVERSATION = 9
#: A conversation that is removed while it is read is looked for again.
_LOOKS = 3


class PostgresReader(Asking):
    """The Reader of a PostgreSQL database; `directory` gives the configuration as this process knows it."""

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        *,
        queries: dict[str, str],
        directory: Callable[[], Directory],
        watch: Watch,
    ) -> None:
        self._pool = pool
        self._queries = queries
        self._directory = directory
        self._watch = watch

    def directory(self) -> Directory:
        """Return the configuration as this process knows it: at most a second old, and as of its newest commit."""
        return self._directory()

    async def snapshot(
        self, contact_id: ContactId, *, has: tuple[ConversationId, Seq] | None, limit: int
    ) -> Snapshot | None:
        """Return the contact's newest conversation: all after `has` where that fits in `limit`, else the newest.

        The entries are those up to the number that the conversation had when it was read: one moment.
        """
        for _ in range(_LOOKS):
            found = await self._all("newest", contact_id)
            if not found:
                return None
            contact, row = rows.contact_of(found[0][:_CONVERSATION]), found[0][_CONVERSATION:]
            if row[0] is None:
                return Snapshot(contact=contact, conversation=None, entries=(), resumed=False)
            conversation = rows.conversation_of(row)
            resumed = continues(conversation, has=has, limit=limit)
            start = has[1] if resumed and has else max(0, conversation.last_seq - limit)
            left = conversation.last_seq - start
            entries = await self._entries("entries_after", conversation.id, start, left) if left else ()
            if len(entries) == left:
                return Snapshot(contact=contact, conversation=conversation, entries=entries, resumed=resumed)
        raise StoreUnavailable("the conversation is being removed")

    async def history(self, conversation_id: ConversationId, *, before: Seq, limit: int) -> tuple[Entry, ...]:
        """Return up to `limit` entries before `before`, oldest first."""
        return (await self._entries("entries_before", conversation_id, before, limit))[::-1]

    async def entry(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return one entry, or None."""
        found = await self._entries("entries_after", conversation_id, seq - 1, 1)
        return found[0] if found and found[0].seq == seq else None

    async def conversation(self, conversation_id: ConversationId) -> Conversation | None:
        """Return one conversation, or None."""
        found = await self._all("conversations", [conversation_id])
        return rows.conversation_of(found[0]) if found else None

    async def positions(self, contacts: Collection[ContactId]) -> tuple[tuple[ContactId, ConversationId, Seq], ...]:
        """Return where the newest conversation of each of these contacts stands."""
        found = await self._all("positions", list(contacts))
        return tuple((row[0], row[1], row[2]) for row in found)

    async def orphans(self, *, limit: int) -> tuple[tuple[Cid, str], ...]:
        """Return lanes whose holder is no process that lives, each with that holder."""
        living = [int(row[0]) for row in await self._all("living", self._watch.room)]
        found = await self._all("orphans", self._watch.not_dead(living), limit)
        alive = self._watch.doubted({row[1] for row in found})
        return tuple((row[0], row[1]) for row in found if row[1] not in alive)

    async def _entries(self, name: str, *values: object) -> tuple[Entry, ...]:
        return tuple(rows.entry_of(row) for row in await self._all(name, *values))

    async def _all(self, name: str, *values: object) -> list[Any]:
        with answering():
            return [tuple(row) for row in await self._pool.fetch(self._queries[name], *values)]
