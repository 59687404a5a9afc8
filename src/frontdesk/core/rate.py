"""How often a bot may call: 20 requests with one cid in any 60 seconds (the seed, «Rate limits»)."""

from __future__ import annotations

from frontdesk.core.ids import Instant
from frontdesk.core.refusals import TooManyCalls

LIMIT = 20
WINDOW_MS = 60_000


def admit(calls: tuple[Instant, ...], *, now: Instant) -> tuple[Instant, ...]:
    """Return the calls of the window with this one.

    Raises TooManyCalls with the time to wait where the window is full; a call turned away does not count, or a
    bot that keeps calling would never get in again.
    """
    recent = tuple(at for at in calls if at > now - WINDOW_MS)
    if len(recent) >= LIMIT:
        raise TooManyCalls(retry_after_ms=recent[-LIMIT] + WINDOW_MS - now)
    return (*recent, now)


def remaining(calls: tuple[Instant, ...], *, now: Instant) -> int:
    """Return how many more calls the window takes now."""
    return max(0, LIMIT - sum(at > now - WINDOW_MS for at in calls))
