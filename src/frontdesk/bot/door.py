"""Lets a webhook call in: proved to come from the platform, and an event of the protocol."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from frontdesk.bot.errors import MalformedCall, Unsigned
from frontdesk.protocol.api import ID_HEADER
from frontdesk.protocol.signature import SignatureError, sign, signed_headers, verify
from frontdesk.protocol.webhook import WebhookCall, decode_call


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """An event that was let in."""

    call: WebhookCall
    #: What its repetitions share.
    event_id: str
    context: dict[str, Any]


class Door:
    """Checks calls. `signing_secret` is `whsec_…`; None: no signature is asked for. `now` is Unix seconds."""

    def __init__(
        self, *, signing_secret: str | None, required_headers: Mapping[str, str], now: Callable[[], float]
    ) -> None:
        if signing_secret is not None:
            # A malformed secret is found at the start, not at the first call.
            sign(b"", secrets=[signing_secret], event_id="", timestamp=0)
        self._secret = signing_secret
        self._required = {name.lower(): value for name, value in required_headers.items()}
        self._now = now

    def admit(self, body: bytes, headers: Mapping[str, str]) -> Admitted:
        """The event that was called with.

        Raises:
            Unsigned: a required header or the signature is missing or wrong.
            MalformedCall: the body is no event.
        """
        given = {name.lower(): value for name, value in headers.items()}
        for name, value in self._required.items():
            if not hmac.compare_digest(_bytes(given.get(name, "")), _bytes(value)):
                raise Unsigned(f"The header {name} is missing or wrong.")
        self._verify(body, given)
        try:
            call = decode_call(body)
            context = msgspec.json.decode(call.info.context, type=dict[str, Any] | None)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedCall(f"The body is no event of the bot protocol: {error}") from error
        # Where a platform names no event, each is taken for a new one: two equal messages are two messages.
        event_id = call.info.event_id or given.get(ID_HEADER) or secrets.token_hex(16)
        return Admitted(call=call, event_id=event_id, context=context or {})

    def headers_for(self, body: bytes, *, event_id: str) -> dict[str, str]:
        """The headers of a call that is let in; what a test sends in the platform's place."""
        if self._secret is None:
            return dict(self._required)
        signed = signed_headers(body, secrets=[self._secret], event_id=event_id, timestamp=int(self._now()))
        return self._required | signed

    def _verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        if self._secret is None:
            return
        try:
            verify(body, headers=headers, secrets=[self._secret], now=self._now())
        except SignatureError as error:
            raise Unsigned(str(error)) from error


def _bytes(header: str) -> bytes:
    """A header's value as it came; servers keep bytes that are no UTF-8 as lone surrogates."""
    return header.encode("utf-8", "surrogateescape")
