"""What an API answers when it refuses: problem details (RFC 9457), and the catalogue of their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from frontdesk.protocol.faults import Fault, InvalidDocument

ProblemCode = Literal[
    "invalid_json",
    "unauthorized",
    "not_found",
    "unknown_cid",
    "method_not_allowed",
    "session_over",
    "session_expired",
    "key_in_progress",
    "too_large",
    "context_too_large",
    "unsupported_media_type",
    "unsafe_json",
    "invalid_event",
    "invalid_context",
    "invalid_key",
    "unknown_group",
    "unknown_option",
    "key_reused",
    "rate_limited",
    "internal",
    "unavailable",
]

#: Every `type` is this path and the code; the page behind it explains the problem.
TYPE_PREFIX: Final = "/problems/"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One refusal. `detail` is for this occurrence; `errors` names every fault of the document by path."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...] = ()


class ProblemKind(msgspec.Struct, frozen=True):
    """An entry of the catalogue: HTTP status, short title, and the detail where there is no better one."""

    status: int
    title: str
    detail: str


CATALOGUE: Final[Mapping[ProblemCode, ProblemKind]] = {
    "invalid_json": ProblemKind(400, "Not JSON", "The body is not JSON in UTF-8."),
    "unauthorized": ProblemKind(
        401, "Not authorized", "The header SECURITY-TOKEN is missing, or its token is not valid for this bot."
    ),
    "not_found": ProblemKind(404, "Not found", "There is nothing at this address."),
    "unknown_cid": ProblemKind(404, "Unknown cid", "This bot has no session with this cid."),
    "method_not_allowed": ProblemKind(405, "Method not allowed", "This address does not take this method."),
    "session_over": ProblemKind(409, "Session over", "The session is over; nothing was shown to the contact."),
    "session_expired": ProblemKind(
        409, "Session expired", "The session expired for lack of activity and cannot be resumed."
    ),
    "key_in_progress": ProblemKind(
        409, "Key in progress", "The first call with this Idempotency-Key is still running; ask again shortly."
    ),
    "too_large": ProblemKind(413, "Body too large", "The body is larger than 256 KiB."),
    "context_too_large": ProblemKind(413, "Context too large", "The context is larger than 10,240 bytes."),
    "unsupported_media_type": ProblemKind(415, "Unsupported media type", "Send the body as application/json."),
    "unsafe_json": ProblemKind(
        422, "JSON outside the profile", "The body is JSON that not every reader understands alike."
    ),
    "invalid_event": ProblemKind(422, "Invalid event", "An event breaks the schema; nothing was applied."),
    "invalid_context": ProblemKind(422, "Invalid context", "The context is not a valid JSON object."),
    "invalid_key": ProblemKind(
        422, "Invalid Idempotency-Key", "An Idempotency-Key has 1 to 255 printable ASCII characters."
    ),
    "unknown_group": ProblemKind(422, "Unknown group", "There is no operator group with this number or name."),
    "unknown_option": ProblemKind(422, "Unknown option", "The entry has no such option."),
    "key_reused": ProblemKind(422, "Key reused", "This Idempotency-Key was used with another body."),
    "rate_limited": ProblemKind(
        429, "Too many requests", "At most 20 requests with the same cid are taken in 60 seconds."
    ),
    "internal": ProblemKind(500, "Internal error", "The platform failed; the fault is in its log."),
    "unavailable": ProblemKind(
        503, "Storage unavailable", "Nothing was applied; send the same request again after a moment."
    ),
}

_ENCODER: Final = msgspec.json.Encoder()


def problem(code: ProblemCode, *, detail: str = "", errors: Iterable[Fault] = ()) -> Problem:
    """Make the problem of this kind, with the catalogue's words where no detail is given."""
    kind = CATALOGUE[code]
    return Problem(
        type=TYPE_PREFIX + code,
        title=kind.title,
        status=kind.status,
        detail=detail or kind.detail,
        errors=tuple(errors),
    )


def problem_of(refused: InvalidDocument) -> Problem:
    """Make the problem that an API caller gets for a document that is refused."""
    return problem(refused.code, errors=refused.errors)


def code_of(answer: Problem) -> str:
    """Return the code at the end of a problem's type."""
    return answer.type.rpartition("/")[2]


def encode_problem(answer: Problem) -> bytes:
    """Write a problem as the bytes of an `application/problem+json` body."""
    return _ENCODER.encode(answer)
