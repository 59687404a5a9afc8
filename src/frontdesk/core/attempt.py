"""The delivery log: one record for each call to a bot's webhook and each refused or applied API call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from frontdesk.core.ids import BotId, Cid, ConversationId, EventId, Instant

Door = Literal["webhook", "api"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds from the attempt's start; None where it never got there."""

    dns: float | None = None
    connected: float | None = None
    sent: float | None = None
    headers: float | None = None
    total: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was sent, what came back and what was made of it. Secrets are redacted before they get here."""

    #: 32 hex digits.
    id: str
    door: Door
    bot_id: BotId
    cid: Cid
    conversation_id: ConversationId
    #: None for an API call.
    event_id: EventId | None
    #: `start`, `message`, `click` … for a webhook; the names of the events, comma-separated, for an API call.
    packet: str
    #: From 1; 0 for an API call.
    number: int
    started_at: Instant
    timings: Timings
    #: `ok`, or a class of faults: timeout, connect, http_5xx, invalid_json, late, fenced …
    outcome: str
    #: HTTP status, where there was one.
    status: int | None = None
    #: One sentence for the bot's author.
    reason: str = ""
    #: Path of the first fault inside the document, such as `$[2].packet.payload.body`.
    path: str | None = None
    request_headers: tuple[tuple[str, str], ...] = ()
    #: At most 4 KiB, as text.
    request_excerpt: str = ""
    response_headers: tuple[tuple[str, str], ...] = ()
    #: At most 4 KiB, as text.
    response_excerpt: str = ""
    #: Keys the bot sent that the platform does not know, and events after a terminal one.
    ignored: tuple[str, ...] = ()
