"""Lets a webhook call in: proved to come from the platform, and an event of the protocol."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping

import msgspec

from frontdesk.bot.errors import MalformedCall, Unsigned
from frontdesk.protocol.api import ID_HEADER
from frontdesk.protocol.signature import SignatureError, sign, signed_headers, verify
from frontdesk.protocol.webhook import WebhookCall, decode_call


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

    def admit(self, body: bytes, headers: Mapping[str, str]) -> tuple[WebhookCall, str]:
        """The event, and the id that its repetitions share.

        Raises:
            Unsigned: a required header or the signature is missing or wrong.
            MalformedCall: the body is no event.
        """
        given = {name.lower(): value for name, value in headers.items()}
        for name, value in self._required.items():
            if not hmac.compare_digest(given.get(name, "").encode(), value.encode()):
                raise Unsigned(f"The header {name} is missing or wrong.")
        self._verify(body, given)
        try:
            call = decode_call(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise MalformedCall(f"The body is no event of the bot protocol: {error}") from error
        # Where a platform names no event, each is taken for a new one: two equal messages are two messages.
        return call, call.info.event_id or given.get(ID_HEADER) or secrets.token_hex(16)

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
