"""Security headers and a number of its own on every response, whoever made it (guarantee S31)."""

from __future__ import annotations

import secrets

from frontdesk.http.asgi import REQUEST_ID, Asgi, Event, Receive, Scope, Send

#: What a response gets where it does not say otherwise itself.
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cache-control", b"no-store"),
)
HTTPS_HEADER = (b"strict-transport-security", b"max-age=31536000")


def armoured(inner: Asgi, *, https: bool) -> Asgi:
    """Return the application with the headers added; `https` tells whether browsers reach it only so."""
    wanted = (*HEADERS, HTTPS_HEADER) if https else HEADERS

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return

        request_id = scope[REQUEST_ID] = secrets.token_hex(8)

        async def guarded(event: Event) -> None:
            if event["type"] == "http.response.start":
                given = {name.lower() for name, _ in event["headers"]}
                mine = (b"x-request-id", request_id.encode())
                event["headers"] = [*event["headers"], mine, *(one for one in wanted if one[0] not in given)]
            await send(event)

        await inner(scope, receive, guarded)

    return application
