"""Whether a WebSocket handshake is accepted, and how it is turned down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from frontdesk.core.people import Directory, Widget
from frontdesk.live.asgi import Scope, Send
from frontdesk.live.origin import allowed, normal

#: The standard close code for "you are not allowed to".
CLOSE_POLICY = 1008
#: As much as a close frame has room for.
REASON_BYTES = 123


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedDown:
    """An answer in place of the upgrade."""

    status: int
    detail: str


def admit(scope: Scope, *, directory: Directory, own_url: str) -> Widget | TurnedDown:
    """Return the widget that the handshake names, where the page it comes from may use it."""
    headers = header_map(scope)
    keys = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1")).get("key", [])
    widget = directory.widget_by_key(keys[0]) if len(keys) == 1 else None
    if widget is None:
        return TurnedDown(status=404, detail="There is no widget with this key.")
    origin = headers.get("origin")
    if not allowed(origin, domains=widget.domains, own=(own_url, *own_addresses(headers.get("host", "")))):
        return TurnedDown(status=403, detail=_fix(widget, origin=origin))
    return widget


def _fix(widget: Widget, *, origin: str | None) -> str:
    """Return why the page may not use the widget and what to do about it, short enough for a close frame."""
    page = normal(origin) if origin else None
    host = urlsplit(origin or "").netloc if page else "HOST"
    for key, name in ((widget.key, host), (widget.key, "HOST"), ("KEY", "HOST")):
        fix = f"This site is not one of the widget's domains. Fix: frontdesk widget edit {key} --domain {name}"
        if len(fix) <= REASON_BYTES:
            return fix
    raise AssertionError("unreachable: the last one fits")


def own_addresses(host: str) -> tuple[str, ...]:
    """Return the origins of our own pages as seen from a request's `Host`: only where it is an address, or localhost.

    A name proves nothing: whoever owns it can point it at us and so make a page of theirs look like ours.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name != "localhost":
            ip_address(name)
    except ValueError:
        return ()
    return (f"http://{host}", f"https://{host}")


def header_map(scope: Scope) -> Mapping[str, str]:
    """Return the headers by lower-case name; of a header given twice, the last."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def turn_away(answer: TurnedDown, *, send: Send) -> None:
    """Accept the socket only to close it with the reason: of a refused handshake a page's script learns nothing."""
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": CLOSE_POLICY, "reason": answer.detail})


async def turn_down(answer: TurnedDown, *, send: Send) -> None:
    """Answer the handshake with a status and a reason instead of an upgrade."""
    body = answer.detail.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
