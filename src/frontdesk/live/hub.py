"""Who listens here, and what they are told of a commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import groupby

from frontdesk.core.change import Change
from frontdesk.core.entries import Entry
from frontdesk.core.ids import ContactId, ConversationId, Seq
from frontdesk.live.outbound import Outbound
from frontdesk.protocol.widget import Entries, Typing
from frontdesk.wire.frames import encode, entry_view

#: A commit that a socket missed while it read its snapshot is kept for it, up to so many.
MAX_HELD = 1000


class Listener:
    """One socket's place in the hub. It holds commits back until its snapshot was read."""

    def __init__(self, *, contact_id: ContactId, outbound: Outbound) -> None:
        self.contact_id = contact_id
        self.outbound = outbound
        self._held: deque[tuple[Entry, ...]] | None = deque()
        self._snapshot: tuple[ConversationId | None, Seq] = (None, Seq(0))

    def hear(self, entries: tuple[Entry, ...], *, frame: Callable[[], str]) -> None:
        """Take consecutive entries of one conversation; `frame` gives them encoded, once for all sockets."""
        if self._held is None:
            self._tell(entries, frame=frame)
        elif len(self._held) >= MAX_HELD:
            self.outbound.overflow()
        else:
            self._held.append(entries)

    def released(self, *, conversation_id: ConversationId | None, last_seq: Seq) -> None:
        """Send what came after the snapshot that ends at `last_seq`; from now on send at once.

        Commits arrive in their order. So all before the newest one that the snapshot already holds are in it too,
        or belong to an older conversation.
        """
        held = list(self._held or ())
        self._held = None
        self._snapshot = (conversation_id, last_seq)
        newest = max(
            (index for index, entries in enumerate(held) if _holds(entries, conversation_id, last_seq)), default=0
        )
        for entries in held[newest:]:
            same = entries[0].conversation_id == conversation_id
            new = [one for one in entries if not same or one.seq > last_seq]
            if new:
                self.outbound.put(_frame(new))

    def _tell(self, entries: tuple[Entry, ...], *, frame: Callable[[], str]) -> None:
        """Send entries, without those that the snapshot holds: a reader may see a commit before the ledger tells of it."""
        conversation_id, last_seq = self._snapshot
        if not _holds(entries, conversation_id, last_seq):
            self.outbound.put(frame())
        elif new := [one for one in entries if one.seq > last_seq]:
            self.outbound.put(_frame(new))


class Hub:
    """The sockets of this process by contact. It subscribes to the ledger; nobody else tells it of entries."""

    def __init__(self) -> None:
        self._listeners: dict[ContactId, set[Listener]] = {}
        #: The conversation that a listening contact is in, to find the sockets for a signal.
        self._contacts: dict[ConversationId, ContactId] = {}
        self._conversations: dict[ContactId, ConversationId] = {}
        #: Conversations in which somebody was last said to type.
        self._typing: set[ConversationId] = set()

    def join(self, listener: Listener) -> None:
        """Let a socket listen; it holds commits back until it is released."""
        self._listeners.setdefault(listener.contact_id, set()).add(listener)

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
        for (contact_id, conversation_id), run in groupby(heard, key=lambda one: (one.contact_id, one.conversation_id)):
            self.follow(contact_id, conversation_id)
            entries = tuple(run)
            frame = _once(entries)
            for listener in self._listeners[contact_id]:
                listener.hear(entries, frame=frame)

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
