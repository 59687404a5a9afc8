"""A chatbot's time in charge, and its lane: the one event under way to the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from frontdesk.core.ids import BotId, Cid, ConversationId, EventId, Instant, Seq

CloseReason = Literal["ended", "expired", "taken_over", "forwarded", "failed"]
PacketName = Literal["start", "message", "click", "session_ended", "forward_failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The event at the head of a lane: frozen bytes, who may send them, and until when."""

    event_id: EventId
    packet: PacketName
    #: The entry that the packet is the snapshot of.
    entry_seq: Seq
    #: The request body, identical for every attempt.
    body: bytes
    #: When the event became the head; the deadline counts from here.
    since: Instant
    deadline: Instant
    #: The attempt that holds the lane, from 1; an answer to another one is fenced.
    attempt: int
    #: The process that claimed the attempt; no other makes it.
    holder: str
    #: When the attempt may start (now, or later for a retry).
    attempt_at: Instant
    #: After this the holder counts as dead and the lane may be claimed again.
    lease_until: Instant
    #: When the patience line is due; None once shown or switched off.
    patience_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A session's end; nothing resumes it."""

    at: Instant
    reason: CloseReason
    #: The entry that tells of it; a bot that asked for `session_ended` gets it as that event.
    seq: Seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One chatbot's time in charge of one conversation."""

    cid: Cid
    conversation_id: ConversationId
    bot_id: BotId
    opened_at: Instant
    #: The bot's context object as the bytes it sent (bot protocol, «Keeping state»).
    context: bytes = b"{}"
    closed: Closed | None = None
    #: Every entry up to here was delivered, or is not for this bot.
    cursor: Seq
    #: How many events this session was given; the newest one's `info.seq`.
    events: int = 0
    head: Head | None = None
    #: Times of the API calls of the last 60 s (bot protocol, «The API URL», 429).
    calls: tuple[Instant, ...] = ()
