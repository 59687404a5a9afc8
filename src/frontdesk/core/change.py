"""What a decision changes, all of it saved in one transaction or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.core.attempt import Attempt
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.ids import BotId, Instant
from frontdesk.core.people import Bot, Contact, Group, Widget
from frontdesk.core.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The first answer to an `Idempotency-Key`, kept for 24 hours."""

    bot_id: BotId
    key: str
    #: SHA-256 (hex) of the request's body.
    body_sha256: str
    status: int
    answer: bytes
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New states of whole records (each replaces the one with its id) and new entries and attempts."""

    contacts: tuple[Contact, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    sessions: tuple[Session, ...] = ()
    entries: tuple[Entry, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    widgets: tuple[Widget, ...] = ()
    groups: tuple[Group, ...] = ()
    bots: tuple[Bot, ...] = ()

    def __add__(self, other: Change) -> Change:
        """Return both changes as one; where both change a record, `other` has the last word."""
        return Change(
            contacts=self.contacts + other.contacts,
            conversations=self.conversations + other.conversations,
            sessions=self.sessions + other.sessions,
            entries=self.entries + other.entries,
            attempts=self.attempts + other.attempts,
            remembered=self.remembered + other.remembered,
            widgets=self.widgets + other.widgets,
            groups=self.groups + other.groups,
            bots=self.bots + other.bots,
        )


NOTHING = Change()
