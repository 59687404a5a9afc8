"""Who listens here, and what they are told of a commit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeAlias

import structlog

from frontdesk.actions.ports import Reader, StoreUnavailable
from frontdesk.core.change import Change
from frontdesk.core.entries import Entry
from frontdesk.core.ids import ContactId, ConversationId, Seq
from frontdesk.live.outbound import Outbound
from frontdesk.protocol.widget import Entries, Typing
from frontdesk.wire.frames import encode, entry_view

#: A commit that a socket missed while it read its snapshot is kept for it, up to so many.
MAX_HELD = 1000
#: So many entries that other processes made are sent at once; a socket that lacks more has to resume.
MAX_CAUGHT_UP = 100
_END = Seq(2**62)

#: The conversation that a socket shows, and the number of the newest entry that it was sent.
Position: TypeAlias = tuple[ConversationId | None, Seq]

_log = structlog.get_logger("frontdesk.live")


class Listener:
    """One socket's place in the log of its contact. It holds commits back until its snapshot was read."""

    def __init__(self, *, contact_id: ContactId, outbound: Outbound) -> None:
        self.contact_id = contact_id
        self.outbound = outbound
        self._held: deque[tuple[Entry, ...]] | None = deque()
        self._conversation: ConversationId | None = None
        self._last = Seq(0)

    @property
    def position(self) -> Position | None:
        """The conversation and the number of the newest entry that the socket was sent; None before its snapshot."""
        return None if self._held is not None else (self._conversation, self._last)

    def hear(self, entries: tuple[Entry, ...], *, frame: Callable[[], str]) -> bool:
        """Take consecutive entries of one conversation; `frame` gives them encoded, once for all sockets.

        Return False where entries before them are missing here: another process made these, and its hint is not here
        yet. Then nothing is sent.
        """
        if self._held is None:
            return self._tell(entries, frame=frame)
        if len(self._held) >= MAX_HELD:
            self.outbound.overflow()
        else:
            self._held.append(entries)
        return True

    def released(self, *, conversation_id: ConversationId | None, last_seq: Seq) -> bool:
        """Send what came after the snapshot that ends at `last_seq`; from now on send at once.

        Commits arrive in their order. So all before the newest one that the snapshot already holds are in it too,
        or belong to an older conversation. Return False where entries are missing.
        """
        held = list(self._held or ())
        self._held = None
        self._conversation, self._last = conversation_id, last_seq
        newest = max(
            (index for index, entries in enumerate(held) if _holds(entries, conversation_id, last_seq)), default=0
        )
        told = [self._tell(entries, frame=_once(entries)) for entries in held[newest:]]
        return all(told)

    def _tell(self, entries: tuple[Entry, ...], *, frame: Callable[[], str]) -> bool:
        """Send entries that go on where the socket stands, without those that it has: a reader may see a commit early."""
        conversation_id, first, last = entries[0].conversation_id, entries[0].seq, entries[-1].seq
        stands = self._last if conversation_id == self._conversation else 0
        if last <= stands:
            return True
        if first > stands + 1:
            return False
        self.outbound.put(frame() if first == stands + 1 else _frame(one for one in entries if one.seq > stands))
        self._conversation, self._last = conversation_id, last
        return True


class Hub:
    """The sockets of this process by contact. It subscribes to the ledger and reads what other processes made."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._listeners: dict[ContactId, set[Listener]] = {}
        #: The conversation that a listening contact is in, to find the sockets for a signal.
        self._contacts: dict[ConversationId, ContactId] = {}
        self._conversations: dict[ContactId, ConversationId] = {}
        #: Conversations in which somebody was last said to type.
        self._typing: set[ConversationId] = set()
        #: Contacts whose sockets may be behind the store, and the looks under way.
        self._wanted: set[ContactId] = set()
        self._looks: dict[ContactId, asyncio.Task[None]] = {}

    def join(self, listener: Listener) -> None:
        """Let a socket listen; it holds commits back until it is released."""
        self._listeners.setdefault(listener.contact_id, set()).add(listener)

    def release(self, listener: Listener, *, conversation_id: ConversationId | None, last_seq: Seq) -> None:
        """Let a socket go on from its snapshot, which ends at `last_seq`."""
        if not listener.released(conversation_id=conversation_id, last_seq=last_seq):
            self.look(listener.contact_id)

    def follow(self, contact_id: ContactId, conversation_id: ConversationId) -> None:
        """Note which conversation a listening contact is in now."""
        if contact_id not in self._listeners:
            return
        before = self._conversations.get(contact_id)
        if before is not None and before != conversation_id:
            self._contacts.pop(before, None)
            self._typing.discard(before)
        self._conversations[contact_id] = conversation_id
        self._contacts[conversation_id] = contact_id

    def leave(self, listener: Listener) -> None:
        """Forget a socket."""
        others = self._listeners.get(listener.contact_id, set())
        others.discard(listener)
        if not others:
            self._listeners.pop(listener.contact_id, None)
            conversation_id = self._conversations.pop(listener.contact_id, None)
            if conversation_id is not None:
                self._contacts.pop(conversation_id, None)
                self._typing.discard(conversation_id)

    def committed(self, change: Change) -> None:
        """Push the entries of a commit to the sockets of their contacts, each run of entries encoded once."""
        heard = [one for one in change.entries if one.contact_id in self._listeners]
        for (contact_id, _), run in groupby(heard, key=lambda one: (one.contact_id, one.conversation_id)):
            if not self._push(contact_id, tuple(run)):
                self.look(contact_id)

    def typing(self, conversation_id: ConversationId, seconds: float) -> None:
        """Show the contact that somebody types, for so many seconds; 0 ends it. Lost where nobody listens."""
        contact_id = self._contacts.get(conversation_id)
        if contact_id is None or (seconds <= 0 and conversation_id not in self._typing):
            return
        (self._typing.add if seconds > 0 else self._typing.discard)(conversation_id)
        frame = encode(Typing(conversation=conversation_id, seconds=seconds))
        for listener in self._listeners[contact_id]:
            listener.outbound.put(frame)

    def listening(self) -> int:
        """Return how many sockets listen."""
        return sum(len(one) for one in self._listeners.values())

    def contacts(self) -> list[ContactId]:
        """Return the contacts who listen."""
        return list(self._listeners)

    def behind(self, contact_id: ContactId, *, conversation_id: ConversationId, last_seq: Seq) -> bool:
        """Tell whether a socket of the contact lacks an entry up to this one."""
        stands = [one.position for one in self._listeners.get(contact_id, ())]
        return any(one is not None and (one[0] != conversation_id or one[1] < last_seq) for one in stands)

    def look(self, contact_id: ContactId) -> None:
        """Send the contact's sockets soon what the store has and they have not."""
        self._wanted.add(contact_id)
        if contact_id not in self._looks:
            task = asyncio.create_task(self._look(contact_id), name="catch up")
            self._looks[contact_id] = task
            task.add_done_callback(lambda _: self._looks.pop(contact_id, None))

    async def stop(self) -> None:
        """End the looks under way."""
        tasks = list(self._looks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self, contact_id: ContactId) -> None:
        while contact_id in self._wanted:
            self._wanted.discard(contact_id)
            for stands in {one.position for one in self._listeners.get(contact_id, ())} - {None}:
                try:
                    runs = await runs_after(self._reader, contact_id, stands=stands)
                except StoreUnavailable as error:
                    _log.warning("hub.not_caught_up", contact=contact_id, reason=str(error))
                    return
                for run in runs:
                    self._push(contact_id, run, stands=stands)

    def _push(self, contact_id: ContactId, entries: tuple[Entry, ...], *, stands: Position | None = None) -> bool:
        """Send a run of entries; return False where a socket lacks entries before them.

        With `stands` the run was read for the sockets that stood there: where it leaves a gap, the gap is too long to
        be sent, and the socket has to resume.
        """
        self.follow(contact_id, entries[0].conversation_id)
        frame, whole = _once(entries), True
        for listener in self._listeners.get(contact_id, ()):
            read_for = stands is not None and listener.position == stands
            if not listener.hear(entries, frame=frame):
                whole = False
                if read_for:
                    listener.outbound.overflow()
        return whole


async def runs_after(reader: Reader, contact_id: ContactId, *, stands: Position | None) -> list[tuple[Entry, ...]]:
    """Return the entries that follow a socket's position, those of one conversation after another."""
    conversation_id, last = stands or (None, Seq(0))
    has = None if conversation_id is None else (conversation_id, last)
    snapshot = await reader.snapshot(contact_id, has=has, limit=MAX_CAUGHT_UP)
    if snapshot is None or snapshot.conversation is None:
        return []
    runs = [snapshot.entries]
    if conversation_id is not None and snapshot.conversation.id != conversation_id:
        newest = await reader.history(conversation_id, before=_END, limit=MAX_CAUGHT_UP)
        runs.insert(0, tuple(one for one in newest if one.seq > last))
    return [run for run in runs if run]


def _holds(entries: tuple[Entry, ...], conversation_id: ConversationId | None, last_seq: Seq) -> bool:
    return entries[0].conversation_id == conversation_id and entries[0].seq <= last_seq


def _frame(entries: Iterable[Entry]) -> str:
    shown = list(entries)
    return encode(Entries(conversation=shown[0].conversation_id, entries=[entry_view(one) for one in shown]))


def _once(entries: tuple[Entry, ...]) -> Callable[[], str]:
    made: list[str] = []

    def frame() -> str:
        if not made:
            made.append(_frame(entries))
        return made[0]

    return frame
