"""How long records are kept that nobody needs for ever."""

from __future__ import annotations

DAY_MS = 24 * 60 * 60 * 1000

#: Answers to Idempotency-Keys.
REMEMBERED_MS = DAY_MS
#: The delivery log.
ATTEMPTS_MS = 30 * DAY_MS
#: Conversations that the contact never wrote in, after their newest activity.
UNSPOKEN_MS = DAY_MS
#: So many records of a kind go at once, so that commits need not wait long.
AT_ONCE = 500
