"""The API URL's answer, and the names of the headers on both ways (bot protocol, «What Frontdesk sends»)."""

from __future__ import annotations

from typing import Final

import msgspec

#: Path of the API URL below the platform's base URL.
EVENTS_PATH: Final = "/api/v1/bots/{public_id}/events"

TOKEN_HEADER: Final = "security-token"  # noqa: S105 - the name of a header
IDEMPOTENCY_HEADER: Final = "idempotency-key"
ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
#: Number of the attempt, from 1.
ATTEMPT_HEADER: Final = "chat-attempt"
#: Milliseconds that the platform still waits for the answer.
DEADLINE_HEADER: Final = "chat-deadline-ms"

JSON_TYPE: Final = "application/json"
PROBLEM_TYPE: Final = "application/problem+json"


class EventsAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """Every event was checked and applied, through the first terminal one.

    `accepted` counts the events that were applied, `seqs` are the entries that they made, and `ignored` names the
    keys that nobody knows and the events behind the terminal one, by path.
    """

    accepted: int
    seqs: list[int]
    ignored: list[str]
