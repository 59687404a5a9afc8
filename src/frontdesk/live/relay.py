"""Tells the sockets of other processes that a conversation went on: hints only, for whoever gets one reads the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec
import structlog

from frontdesk.actions.ports import Reader, StoreUnavailable
from frontdesk.core.change import Change
from frontdesk.core.ids import ContactId, ConversationId, Seq
from frontdesk.live.hub import Hub

#: A hint is no longer than this; the wire with the least room takes 7,999 bytes.
MAX_HINT = 7_900
#: How often each process looks by itself whether its sockets are behind.
LOOK_S = 1.5
#: How long large commits are gathered before a look at everything.
MANY_S = 0.1
#: Contacts looked up with one query.
GROUP = 500

_log = structlog.get_logger("frontdesk.live")


class Wire(Protocol):
    """Carries hints between the processes that share a store. It may lose any of them."""

    @property
    def shared(self) -> bool:
        """Whether there may be other processes at all."""
        ...

    async def send(self, hint: str) -> None:
        """Give the hint to all processes. Raises StoreUnavailable; then it is lost."""
        ...

    def hear(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with each hint, this process's own ones too."""
        ...


class Hint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one process tells the others of one commit."""

    sender: str
    #: Contacts whose conversations went on: which one, and up to which entry.
    entries: list[tuple[ContactId, ConversationId, Seq]] = []
    #: Conversations in which somebody types, for so many seconds.
    typing: list[tuple[ConversationId, float]] = []
    #: More happened than a hint holds: look at everything.
    many: bool = False


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Hint).decode


class Relay:
    """One process's end of the wire. It subscribes to the ledger, and shows typing here and elsewhere."""

    def __init__(
        self,
        hub: Hub,
        reader: Reader,
        *,
        wire: Wire,
        sender: str,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._hub = hub
        self._reader = reader
        self._wire = wire
        self._sender = sender
        self._pause = pause
        self._entries: dict[ContactId, tuple[ConversationId, Seq]] = {}
        self._typing: dict[ConversationId, float] = {}
        #: Where others were told that somebody types.
        self._shown: set[ConversationId] = set()
        self._sending: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        wire.hear(self._heard)

    def committed(self, change: Change) -> None:
        """Tell the other processes of a commit, with one hint."""
        if self._wire.shared and change.entries:
            self._entries.update({one.contact_id: (one.conversation_id, one.seq) for one in change.entries})
            self._wake()

    def typing(self, conversation_id: ConversationId, seconds: float) -> None:
        """Show the contact that somebody types, for so many seconds; 0 ends it."""
        self._hub.typing(conversation_id, seconds)
        if self._wire.shared and (seconds > 0 or conversation_id in self._shown):
            (self._shown.add if seconds > 0 else self._shown.discard)(conversation_id)
            self._typing[conversation_id] = seconds
            self._wake()

    async def run(self) -> None:
        """Look every 1.5 seconds whether a hint was lost; returns at once where there are no other processes."""
        while self._wire.shared:
            await self._pause(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Bring sockets that are behind the store up to it."""
        contacts = self._hub.contacts()
        for start in range(0, len(contacts), GROUP):
            try:
                found = await self._reader.positions(contacts[start : start + GROUP])
            except StoreUnavailable as error:
                _log.warning("relay.not_looked", reason=str(error))
                return
            for contact_id, conversation_id, last_seq in found:
                self._see(contact_id, conversation_id=conversation_id, last_seq=last_seq)

    async def stop(self) -> None:
        """Send nothing more."""
        tasks = [one for one in (self._sending, self._looking) if one is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wake(self) -> None:
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(), name="relay")

    async def _send(self) -> None:
        """Send what there is, together, until there is nothing more."""
        while self._entries or self._typing:
            hint = self._hint()
            try:
                await self._wire.send(hint)
            except StoreUnavailable as error:
                _log.warning("relay.hint_lost", reason=str(error))

    def _hint(self) -> str:
        entries = [(contact_id, *where) for contact_id, where in self._entries.items()]
        typing = list(self._typing.items())
        self._entries, self._typing = {}, {}
        whole = _encode(Hint(sender=self._sender, entries=entries, typing=typing))
        return (whole if len(whole) <= MAX_HINT else _encode(Hint(sender=self._sender, many=True))).decode()

    def _heard(self, text: str) -> None:
        try:
            hint = _decode(text)
        except msgspec.DecodeError as error:
            _log.warning("relay.not_a_hint", reason=str(error))
            return
        if hint.sender == self._sender:
            return
        for contact_id, conversation_id, last_seq in hint.entries:
            self._see(contact_id, conversation_id=conversation_id, last_seq=last_seq)
        for conversation_id, seconds in hint.typing:
            self._hub.typing(conversation_id, seconds)
        if hint.many and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_soon(), name="relay look")

    async def _look_soon(self) -> None:
        """Look once for all the large commits of a moment."""
        await self._pause(MANY_S)
        await self.look()

    def _see(self, contact_id: ContactId, *, conversation_id: ConversationId, last_seq: Seq) -> None:
        if self._hub.behind(contact_id, conversation_id=conversation_id, last_seq=last_seq):
            self._hub.look(contact_id)
