"""What a decision is given from outside: the time, chance, the configuration, and a writer of webhook bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.ids import EventId, Instant
from frontdesk.core.people import Bot, Contact, Directory, Widget
from frontdesk.core.session import PacketName, Session


class Fresh(Protocol):
    """Random values, made outside the rules so that a test can choose them."""

    def hex(self) -> str:
        """Return 128 random bits as 32 hex digits."""
        ...


class Scribe(Protocol):
    """Writes the body of a webhook call; the wire's words are not the core's."""

    def body(self, draft: Draft) -> bytes:
        """Return the JSON document of bot protocol, «What Frontdesk sends»."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a webhook body tells, as of the commit that makes its event the head of the lane."""

    widget: Widget
    bot: Bot
    contact: Contact
    conversation: Conversation
    session: Session
    packet: PacketName
    entry: Entry
    event_id: EventId
    #: Position of the event in its session, from 1 without a gap.
    seq: int
    operators_online: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The outside world of one decision."""

    now: Instant
    fresh: Fresh
    scribe: Scribe
    directory: Directory
    #: This process, among those that share the store.
    holder: str
