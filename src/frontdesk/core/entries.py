"""The numbered items of a conversation's log: who wrote each, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from frontdesk.core.charge import EndReason, WaitReason
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, GroupId, Instant, MessageId, Seq

Element = Literal["bubbles", "carousel"]
Format = Literal["plain", "markdown"]
NoticeCode = Literal["patience", "failed", "waiting", "email_left"]


@dataclass(frozen=True, slots=True)
class ByContact:
    """Written by the contact."""


@dataclass(frozen=True, slots=True)
class ByBot:
    """Written by a chatbot in one of its sessions."""

    bot_id: BotId
    cid: Cid
    #: As it was called then, so that a log stays readable after the bot is renamed.
    name: str


@dataclass(frozen=True, slots=True)
class BySystem:
    """Written by the platform itself."""


Author: TypeAlias = ByContact | ByBot | BySystem


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Text."""

    body: str
    format: Format = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubbles:
    """Text with buttons."""

    body: str
    options: tuple[str, ...]
    fallback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One option of a carousel; `media` is an https image URL at the bot's choice."""

    headline: str
    subheadline: str | None = None
    media: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carousel:
    """Text with cards that carry images."""

    body: str
    options: tuple[Card, ...]
    fallback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """The contact chose option `option` (from 1) of the entry that this one answers."""

    option: int
    headline: str
    element: Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigate:
    """The contact's browser is asked to go to `url`."""

    url: str
    fallback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigated:
    """One tab settled the Navigate that this entry answers: it went, or it showed the fallback."""

    followed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Internal; operators read it, the contact never does."""

    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An operator took the conversation; the author tells which. A bot's session gets `start` from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """Nobody is in charge now; offered to the operators of `group_id`, or to all."""

    group_id: GroupId | None
    reason: WaitReason


@dataclass(frozen=True, slots=True, kw_only=True)
class BotFailed:
    """The bot did not answer as it must; for operators. `fault` is a class of table F."""

    fault: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactUpdated:
    """Fields of the contact changed; only those named here did."""

    name: str | None = None
    email: str | None = None
    mobile_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A line by the platform for the contact. `text` None means the widget's own text for `code`."""

    code: NoticeCode
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationEnded:
    """The conversation is over."""

    reason: EndReason


Content: TypeAlias = (
    Message
    | Bubbles
    | Carousel
    | Click
    | Navigate
    | Navigated
    | Note
    | Joined
    | Queued
    | BotFailed
    | ContactUpdated
    | Notice
    | ConversationEnded
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One numbered item of a conversation's log."""

    conversation_id: ConversationId
    contact_id: ContactId
    seq: Seq
    at: Instant
    author: Author
    content: Content
    #: The contact's own id of a message or click; a resend finds the first one by it.
    message_id: MessageId | None = None
    #: The entry that this one settles (a click its bubbles, a Navigated its Navigate); one entry is settled once.
    answers: Seq | None = None
