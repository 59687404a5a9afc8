"""The parts of ASGI that the hot routes use, and plain answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]
Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = Iterable[tuple[str, str]]

#: Where the scope has the request's number, which log lines and the response carry.
REQUEST_ID = "frontdesk.request_id"
JSON = "application/json; charset=utf-8"


class BodyTooLarge(Exception):
    """The request's body is larger than what is taken here."""


async def answer(
    send: Send, *, status: int, body: bytes = b"", content_type: str = JSON, headers: Headers = ()
) -> None:
    """Send a whole response."""
    listed = [("content-type", content_type), ("content-length", str(len(body))), *headers]
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in listed]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: str) -> bytes | None:
    """Return the header's bytes, or None where it is missing or given more than once."""
    wanted = name.encode("ascii")
    found = [value for key, value in scope["headers"] if key.lower() == wanted]
    return found[0] if len(found) == 1 else None


async def whole_body(scope: Scope, receive: Receive, *, limit: int) -> bytes | None:
    """Return the body, or None where the caller went away.

    Raises BodyTooLarge as soon as more than `limit` bytes are announced or have come, whatever was announced.
    """
    announced = header(scope, "content-length")
    if announced is not None and announced.isdigit() and int(announced[:18]) > limit:
        raise BodyTooLarge
    pieces: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        piece = event.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLarge
        pieces.append(piece)
        if not event.get("more_body", False):
            return b"".join(pieces)
