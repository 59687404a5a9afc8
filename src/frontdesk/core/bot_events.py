"""What a bot may ask for, as the rules understand it (bot protocol, «What a bot may send»)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from frontdesk.core.entries import Bubbles, Carousel, Message, Navigate, Note
from frontdesk.core.ids import Cid


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Add this content to the log."""

    content: Message | Bubbles | Carousel | Navigate | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContact:
    """Change these fields of the contact; None leaves a field as it is."""

    name: str | None = None
    email: str | None = None
    mobile_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """Show a typing indicator for so many seconds; nothing is stored."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Abort:
    """The bot leaves; the conversation goes on without it."""


@dataclass(frozen=True, slots=True)
class End:
    """The session and the conversation are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Offer the conversation to a group, by number or by name, or (None) to anybody."""

    group: int | str | None = None


Request: TypeAlias = Show | UpdateContact | Type | Abort | End | Forward


@dataclass(frozen=True, slots=True, kw_only=True)
class BotEvent:
    """One event of an answer or an API call."""

    cid: Cid
    request: Request
    #: The new context object as the bytes sent; None or `{}` keeps the old one.
    context: bytes | None = None
    #: Where the event stands in its document, as `$[0]`; refusals add to it.
    path: str = "$"
