"""What to do after an attempt to reach a bot: try again inside the deadline, or give up (bot protocol, «When a bot fails»)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from frontdesk.core.ids import Instant
from frontdesk.core.people import Bot

#: Classes of faults, as the delivery log names them.
Fault = Literal[
    "dns",
    "connect",
    "tls",
    "blocked",
    "timeout",
    "reset",
    "protocol",
    "encoding",
    "too_large",
    "redirect",
    "throttled",
    "http_4xx",
    "http_5xx",
    "gone",
    "invalid_json",
    "invalid_event",
    "invalid_context",
    "internal",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A 2xx answer, read whole and not yet decoded."""

    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No usable answer."""

    fault: Fault
    #: Whether the bot may have received the whole request, and so may have acted on it.
    received: bool
    status: int | None = None
    #: The bot's `Retry-After`, in milliseconds; None where it gave none that can be read.
    retry_after_ms: int | None = None
    #: One sentence for the bot's author.
    reason: str = ""
    #: Path of the first fault inside the answer.
    path: str | None = None


Outcome: TypeAlias = Answered | Failed

MAX_ATTEMPTS = 3
#: How long after the first and the second attempt the next one starts.
BACKOFF_MS = (1_000, 3_000)
#: Each wait is drawn from ± this share around its length.
JITTER = 0.2
#: A lease outlives the deadline of its event by this much (guarantee D11).
LEASE_MARGIN_MS = 6_000

_ALWAYS_AGAIN: frozenset[Fault] = frozenset({"dns", "connect", "throttled"})
_AGAIN_STATUS = frozenset({408, 429, 502, 503, 504})


def may_try_again(failure: Failed, *, idempotent: bool) -> bool:
    """Tell whether the fault is one that passes, and trying again cannot make the bot act twice.

    An `idempotent` bot told us that it knows an event it has seen by its id.
    """
    if failure.fault in _ALWAYS_AGAIN or failure.status in _AGAIN_STATUS:
        return True
    if failure.fault in {"reset", "internal"} and not failure.received:
        return True
    return idempotent and failure.fault in {"timeout", "reset", "http_5xx"}


def next_attempt_at(
    failure: Failed, *, bot: Bot, attempt: int, now: Instant, deadline: Instant, chance: float
) -> Instant | None:
    """Return when to try again, or None to give up.

    `attempt` is the one that failed, from 1; `chance` is a random number in 0 … 1 for the jitter. A `Retry-After`
    that does not fit the deadline means giving up now: waiting would not help the person.
    """
    if attempt >= MAX_ATTEMPTS or not may_try_again(failure, idempotent=bot.idempotent):
        return None
    wait = BACKOFF_MS[attempt - 1] * (1 - JITTER + 2 * JITTER * chance)
    at = Instant(now + max(int(wait), failure.retry_after_ms or 0))
    return at if at < deadline else None
