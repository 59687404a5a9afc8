"""What the delivery log keeps of an API call."""

from __future__ import annotations

from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.ids import BotId, Cid, ConversationId, Instant
from frontdesk.http.asgi import Scope
from frontdesk.wire.event_names import event_name
from frontdesk.wire.events import Asked

#: Bytes of a call's body that are kept.
EXCERPT = 4096

_KEPT_HEADERS = frozenset({b"content-type", b"content-length", b"user-agent", b"idempotency-key"})


def kept_headers(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return the headers that tell something and hold no secret."""
    kept = [(name.lower(), value) for name, value in scope["headers"] if name.lower() in _KEPT_HEADERS]
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in kept)


def call_record(
    asked: Asked,
    *,
    record_id: str,
    bot_id: BotId,
    body: bytes,
    headers: tuple[tuple[str, str], ...],
    started_at: Instant,
    now: Instant,
) -> Attempt:
    """Return the record of a call; the action adds how it went, and keeps it where a session was named."""
    return Attempt(
        id=record_id,
        door="api",
        bot_id=bot_id,
        cid=asked.events[0].cid if asked.events else Cid(""),
        conversation_id=ConversationId(""),
        event_id=None,
        packet=",".join(event_name(one) for one in asked.events),
        number=0,
        started_at=started_at,
        timings=Timings(total=float(now - started_at)),
        outcome="ok",
        request_headers=headers,
        request_excerpt=body[:EXCERPT].decode("utf-8", "replace"),
        ignored=asked.ignored,
    )
