"""The twin of the database stores: the same ledger over dictionaries, for tests and for trying things out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from itertools import islice
from typing import Any

from frontdesk.actions.ports import Command, Fresh, Scribe, Snapshot
from frontdesk.core.attempt import Attempt
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, EventId, Instant, Seq, WidgetId
from frontdesk.core.people import Contact, Directory
from frontdesk.store.batch import Outcome, Outside, decide
from frontdesk.store.gather import Gathering, gather
from frontdesk.store.ledger import GroupLedger
from frontdesk.store.overlay import Overlay
from frontdesk.store.reading import FOR_EVER, continues
from frontdesk.store.shelves import Shelves
from frontdesk.store.sweeping import AT_ONCE, ATTEMPTS_MS, REMEMBERED_MS, UNSPOKEN_MS
from frontdesk.store.wires import Alone


class MemoryVault:
    """Commits batches to the shelves."""

    def __init__(self, shelves: Shelves, *, outside: Outside) -> None:
        self._shelves = shelves
        self._outside = outside

    async def commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        """Return what is saved now. Raises RuleBroken, or what a command raised."""
        wanted = gather([one.footprint for one in commands], directory=self._shelves.directory)
        outcome = decide(commands, self._load(wanted), outside=self._outside)
        self._shelves.put(outcome.change, directory=outcome.directory)
        return outcome

    def _load(self, wanted: Gathering) -> Overlay:
        try:
            want = next(wanted)
            while True:
                want = wanted.send(self._shelves.fetch(want))
        except StopIteration as done:
            overlay: Overlay = done.value
            return overlay


class MemoryReader:
    """Reads the shelves."""

    def __init__(self, shelves: Shelves, *, holder: str) -> None:
        self._shelves = shelves
        self._holder = holder

    def directory(self) -> Directory:
        """Return the configuration as of the newest commit."""
        return self._shelves.directory

    async def contact_by_token(self, widget_id: WidgetId, token_sha256: str) -> Contact | None:
        """Return the widget's contact with this token, or with it as the previous one."""
        contacts = [one for one in self._shelves.contacts.values() if one.widget_id == widget_id]
        newest = (one for one in contacts if one.token_sha256 == token_sha256)
        previous = (one for one in contacts if one.previous_token_sha256 == token_sha256)
        return next(newest, None) or next(previous, None)

    async def snapshot(
        self, contact_id: ContactId, *, has: tuple[ConversationId, Seq] | None, limit: int
    ) -> Snapshot | None:
        """Return the contact's newest conversation: all after `has` where that fits in `limit`, else the newest."""
        contact = self._shelves.contacts.get(contact_id)
        if contact is None:
            return None
        conversation = None
        if contact.conversation_id is not None:
            conversation = self._shelves.conversations.get(contact.conversation_id)
        if conversation is None:
            return Snapshot(contact=contact, conversation=None, entries=(), resumed=False)
        resumed = continues(conversation, has=has, limit=limit)
        start = has[1] if resumed and has else max(0, conversation.last_seq - limit)
        entries = self._shelves.log(conversation.id, after=start)
        return Snapshot(contact=contact, conversation=conversation, entries=entries, resumed=resumed)

    async def history(self, conversation_id: ConversationId, *, before: Seq, limit: int) -> tuple[Entry, ...]:
        """Return up to `limit` entries before `before`, oldest first."""
        conversation = self._shelves.conversations.get(conversation_id)
        if conversation is None:
            return ()
        end = max(0, min(before - 1, conversation.last_seq))
        start = max(0, end - limit)
        return self._shelves.log(conversation_id, after=start, limit=end - start)

    async def entry(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return one entry, or None."""
        return self._shelves.entries.get((conversation_id, seq))

    async def conversation(self, conversation_id: ConversationId) -> Conversation | None:
        """Return one conversation, or None."""
        return self._shelves.conversations.get(conversation_id)

    async def positions(self, contacts: Collection[ContactId]) -> tuple[tuple[ContactId, ConversationId, Seq], ...]:
        """Return where the newest conversation of each of these contacts stands."""
        people = (self._shelves.contacts.get(one) for one in contacts)
        newest = (self._shelves.conversations.get(one.conversation_id) for one in people if one and one.conversation_id)
        return tuple((one.contact_id, one.id, one.last_seq) for one in newest if one)

    async def due_lanes(self, now: Instant, *, limit: int) -> tuple[Cid, ...]:
        """Return lanes with a head whose lease ran out, longest first."""
        heads = ((one.head.lease_until, one.cid) for one in self._shelves.sessions.values() if one.head)
        return tuple(cid for at, cid in sorted(heads) if at <= now)[:limit]

    async def orphans(self, *, limit: int) -> tuple[tuple[Cid, str], ...]:
        """Return lanes of other processes, of which there are none but in tests, each with its holder."""
        heads = ((one.head, one.cid) for one in self._shelves.sessions.values() if one.head)
        others = sorted((head.lease_until, cid, head.holder) for head, cid in heads if head.holder != self._holder)
        return tuple((cid, holder) for _, cid, holder in others[:limit])

    async def due_patience(self, now: Instant, *, limit: int) -> tuple[tuple[Cid, EventId], ...]:
        """Return lanes whose patience line is due, longest first."""
        heads = ((one.head, one.cid) for one in self._shelves.sessions.values() if one.head)
        due = ((head.patience_at, cid, head.event_id) for head, cid in heads if head.patience_at is not None)
        return tuple((cid, event_id) for at, cid, event_id in sorted(due) if at <= now)[:limit]

    async def due_expiries(self, now: Instant, *, limit: int) -> tuple[ConversationId, ...]:
        """Return live conversations whose `expires_at` is past, longest first."""
        live = (one for one in self._shelves.conversations.values() if one.live)
        due = ((one.expires_at, one.id) for one in live if one.expires_at is not None)
        return tuple(conversation_id for at, conversation_id in sorted(due) if at <= now)[:limit]

    async def attempts(
        self, *, bot_id: BotId | None = None, cid: Cid | None = None, before: Instant | None = None, limit: int = 50
    ) -> tuple[Attempt, ...]:
        """Return the delivery log, newest first."""
        until = FOR_EVER if before is None else before
        found = (
            one
            for one in self._shelves.attempts.values()
            if one.started_at < until and bot_id in {None, one.bot_id} and cid in {None, one.cid}
        )
        return tuple(sorted(found, key=lambda one: (one.started_at, one.id), reverse=True)[:limit])


class MemoryBroom:
    """Sweeps the shelves, a bounded number of records in each call."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    async def sweep(self, now: Instant) -> int:
        """Remove what is past its time; return how many records went."""
        shelves = self._shelves
        old = [key for key, one in shelves.remembered.items() if one.at < now - REMEMBERED_MS][:AT_ONCE]
        for key in old:
            del shelves.remembered[key]
        past = [key for key, one in shelves.attempts.items() if one.started_at < now - ATTEMPTS_MS][:AT_ONCE]
        for attempt_id in past:
            del shelves.attempts[attempt_id]
        return len(old) + len(past) + self._sweep_unspoken(now)

    def _sweep_unspoken(self, now: Instant) -> int:
        everything = self._shelves.conversations.values()
        unspoken = (one for one in everything if not one.spoken and one.active_at < now - UNSPOKEN_MS)
        gone = 0
        for conversation in list(islice(unspoken, AT_ONCE)):
            self._shelves.remove(conversation)
            gone += 1
            if not self._shelves.has_conversation(conversation.contact_id):
                self._shelves.forget(conversation.contact_id)
                gone += 1
        return gone


class MemoryStore:
    """A store that is gone when the process ends."""

    def __init__(self, shelves: Shelves, *, now: Callable[[], Instant], fresh: Fresh, scribe: Scribe) -> None:
        self.holder = fresh.hex()
        self.wire = Alone()
        outside = Outside(now=now, fresh=fresh, scribe=scribe, holder=self.holder)
        self.ledger = GroupLedger(MemoryVault(shelves, outside=outside))
        self.reader = MemoryReader(shelves, holder=self.holder)
        self.broom = MemoryBroom(shelves)
        #: Random; another one means that clients cannot go on from what they have.
        self.epoch = secrets.token_hex(16)

    @classmethod
    async def open(cls, *, now: Callable[[], Instant], fresh: Fresh, scribe: Scribe) -> MemoryStore:
        """Return an empty store."""
        return cls(Shelves(), now=now, fresh=fresh, scribe=scribe)

    async def close(self) -> None:
        """Save what waits."""
        await self.ledger.close()
