"""Whose records a batch is about: one lock a contact keeps all that is the contact's in one order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from frontdesk.actions.ports import Footprint
from frontdesk.core.change import Change
from frontdesk.core.ids import ContactId
from frontdesk.store.postgres.connection import Connection

#: So many conversations and sessions are remembered with their contact, which never changes.
MEMORY = 100_000


class Owners:
    """Finds the contacts of conversations and sessions."""

    def __init__(self, queries: dict[str, str]) -> None:
        self._queries = queries
        self._known: dict[str, ContactId] = {}

    async def of(self, footprints: Sequence[Footprint], *, connection: Connection) -> set[ContactId]:
        """Return every contact that the footprints reach."""
        conversations = {one for each in footprints for one in each.conversations}
        conversations |= {one for each in footprints for one, _ in each.entries}
        sessions = {one for each in footprints for one in each.sessions}
        await self._find(conversations, sessions, connection=connection)
        reached = {self._known[one] for one in (*conversations, *sessions) if one in self._known}
        reached.update(one for each in footprints for one in each.contacts)
        reached.update(one for each in footprints for one, _ in each.messages)
        return reached

    def learn(self, change: Change) -> None:
        """Remember whose the new conversations and sessions are."""
        if len(self._known) > MEMORY:
            self._known.clear()
        self._known.update({one.id: one.contact_id for one in change.conversations})
        for one in change.sessions:
            if (owner := self._known.get(one.conversation_id)) is not None:
                self._known[one.cid] = owner

    async def _find(self, conversations: Iterable[str], sessions: Iterable[str], *, connection: Connection) -> None:
        unknown = [one for one in conversations if one not in self._known]
        foreign = [one for one in sessions if one not in self._known]
        if unknown or foreign:
            for name, owner in await connection.fetch(self._queries["whose"], unknown, foreign):
                self._known[name] = owner


def lock_numbers(footprints: Iterable[Footprint], *, contacts: Iterable[ContactId]) -> list[int]:
    """Return the locks of a batch in the one order in which all processes take them."""
    keys: set[tuple[Any, ...]] = {("contact", one) for one in contacts}
    keys.update(("remembered", *one) for each in footprints for one in each.remembered)
    return sorted({number(*key) for key in keys})


def number(*key: object) -> int:
    """Return the number of the lock for a key; two keys with one number only wait for each other."""
    digest = blake2b("\x1f".join(map(str, key)).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True)
