"""More of the bot from hell: what it says with status 200. Importing this module teaches every HostileBot to say it."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.kit.hostile_bot import BEHAVIOURS, OK_BODY, Seen, Visit, behaviour


def message(body: str) -> dict[str, object]:
    """Return a message event."""
    return {"packet": {"name": "message", "payload": {"body": body}}}


def bubbles(*options: str) -> dict[str, object]:
    """Return an event with these buttons."""
    return {"packet": {"name": "bubbles", "payload": {"body": "Choose.", "options": list(options), "fallback": "?"}}}


def event(name: str, **payload: object) -> dict[str, object]:
    """Return an event by its name."""
    return {"packet": {"name": name, "payload": payload}}


def with_context(context: str) -> bytes:
    """Return a message whose context is this JSON text."""
    return (
        b'[{"info": {"context": ' + context.encode() + b'}, "packet": {"name": "message", "payload": {"body": "x"}}}]'
    )


def in_context(text: str) -> bytes:
    """Return a message whose text is this JSON value."""
    return b'[{"packet": {"name": "typing", "payload": {"seconds": ' + text.encode() + b"}}}]"


def _says(name: str, *, body: bytes | Callable[[Seen], bytes]) -> None:
    @behaviour(name)
    async def _said(visit: Visit) -> None:
        await visit.reply(body if isinstance(body, bytes) else body(visit.seen))


def _cid(seen: Seen) -> str:
    return str(json.loads(seen.body)["info"]["cid"])


def _other_cid(seen: Seen) -> bytes:
    cid = _cid(seen)
    return json.dumps(
        [{"info": {"cid": cid[:-4] + ("0000" if cid[-4:] != "0000" else "1111")}, **message("hi")}]
    ).encode()


def _dumped(*events: object) -> bytes:
    return json.dumps(events).encode()


NOT_JSON: dict[str, bytes] = {
    "a-text": b'"ok"',
    "an-empty-object": b"{}",
    "truncated": OK_BODY[:-5],
    "trailing-garbage": OK_BODY + b"<!-- served by -->",
    "utf-16": OK_BODY.decode().encode("utf-16"),
    "bom": b"\xef\xbb\xbf" + OK_BODY,
    "latin-1": '[{"packet": {"name": "message", "payload": {"body": "Grüße"}}}]'.encode("latin-1"),
}
CRUEL: dict[str, bytes] = {
    "nan": in_context("NaN"),
    "infinity": in_context("1e400"),
    "5000-digits": in_context("9" * 5_000),
    "depth-100000": b"[" * 100_000 + b"]" * 100_000,
    "duplicate-keys": b'[{"packet": {"name": "end"}, "packet": {"name": "abort"}}]',
    "lone-surrogate": b'[{"packet": {"name": "message", "payload": {"body": "\\ud800"}}}]',
    "nul": b'[{"packet": {"name": "message", "payload": {"body": "a\\u0000b"}}}]',
}
WRONG_EVENTS: dict[str, bytes | Callable[[Seen], bytes]] = {
    "other-cid": _other_cid,
    "no-packet": b"[{}]",
    "name-is-a-number": b'[{"packet": {"name": 7, "payload": {}}}]',
    "third-of-five-wrong": _dumped(message("1"), message("2"), event("dance"), message("4"), message("5")),
    "unknown-group": _dumped(event("forward_group", group_id="Nobody")),
}
OVER_LIMITS: dict[str, bytes] = {
    "1000-events": _dumped(*[message("x")] * 1_000),
    "21-events": _dumped(*[message("x")] * 21),
    "10001-characters": _dumped(message("x" * 10_001)),
    "200-bubbles": _dumped(bubbles(*(str(number) for number in range(200)))),
    "0-bubbles": _dumped(bubbles()),
    "10-kB-bubble": _dumped(bubbles("x" * 10_000)),
}
WRONG_CONTEXTS: dict[str, bytes] = {
    "context-too-large": with_context(json.dumps({"a": "x" * 10_240})),
    "context-array": with_context("[1]"),
    "context-string": with_context('"step 1"'),
    "context-deep": with_context('{"a": ' * 40 + "1" + "}" * 40),
}
TERMINATED: dict[str, bytes] = {
    "end-then-message": _dumped(message("Bye."), event("end"), message("after the end")),
    "end-twice": _dumped(event("end"), event("end")),
    "forward-then-end": _dumped(event("forward_any"), event("end")),
    "abort-then-message": _dumped(event("abort"), message("after the end")),
}

_says("1-MB-text", body=_dumped(message("x" * 1_000_000)))
_says("10000-keys", body=json.dumps([{**{f"k{n}": n for n in range(10_000)}, **message("Many keys.")}]).encode())
for _bodies in (NOT_JSON, CRUEL, WRONG_EVENTS, OVER_LIMITS, WRONG_CONTEXTS, TERMINATED):
    for _name, _body in _bodies.items():
        _says(_name, body=_body)

__all__ = ["BEHAVIOURS", "CRUEL", "NOT_JSON", "OVER_LIMITS", "TERMINATED", "WRONG_CONTEXTS", "WRONG_EVENTS"]
