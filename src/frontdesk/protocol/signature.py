"""Signs and verifies calls as Standard Webhooks says: HMAC-SHA256 over id, time and body (scheme v1).

Pure: the time comes in as an argument, so that both sides are tested with a clock that stands still.

SignatureError
├── HeaderMissing, HeaderMalformed
├── TooOld, TooNew
├── NoMatch
└── SecretMalformed
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as chance
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from frontdesk.protocol.api import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER

#: Seconds that a call's time may be off, in both directions.
TOLERANCE_S: Final = 300
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - only how a secret begins
_MIN_KEY_BYTES: Final = 24
_MAX_KEY_BYTES: Final = 64
_NEW_KEY_BYTES: Final = 32
_SCHEME: Final = "v1"
#: More signatures than any sender lists; the rest is not looked at.
_MAX_SIGNATURES: Final = 16
_MAX_TIMESTAMP_DIGITS: Final = 12


class SignatureError(Exception):
    """The call is not proved to come from the platform; do not act on it."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or (type(self).__doc__ or "").split("\n", 1)[0])


class HeaderMissing(SignatureError):
    """A header of the signature is missing."""


class HeaderMalformed(SignatureError):
    """The header webhook-timestamp is not a number of seconds."""


class TooOld(SignatureError):
    """The call was signed more than five minutes ago; it may be a replay."""


class TooNew(SignatureError):
    """The call was signed more than five minutes in the future; check both clocks."""


class NoMatch(SignatureError):
    """No signature matches: another secret, or another body than the one that was signed."""


class SecretMalformed(SignatureError):
    """A secret is whsec_ and the base64 of 24 to 64 bytes."""


def generate_secret() -> str:
    """Return a new secret of 256 random bits, `whsec_…`."""
    return SECRET_PREFIX + base64.b64encode(chance.token_bytes(_NEW_KEY_BYTES)).decode("ascii")


def sign(body: bytes, *, secrets: Iterable[str], event_id: str, timestamp: int) -> str:
    """Return the value of `webhook-signature`: one signature for each secret, the newest first as given.

    `timestamp` is whole Unix seconds of this attempt. Raises SecretMalformed.
    """
    content = _content(body, event_id=event_id, timestamp=str(timestamp))
    return " ".join(_signature(content, secret=secret) for secret in secrets)


def signed_headers(body: bytes, *, secrets: Iterable[str], event_id: str, timestamp: int) -> dict[str, str]:
    """Return the three headers of a signed call."""
    return {
        ID_HEADER: event_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: sign(body, secrets=secrets, event_id=event_id, timestamp=timestamp),
    }


def verify(
    body: bytes,
    *,
    headers: Mapping[str, str],
    secrets: Iterable[str],
    now: float,
    tolerance_s: float = TOLERANCE_S,
) -> None:
    """Return if one of the signatures was made with one of the secrets, over exactly these bytes; else raise.

    `headers` may be written in any letter case; `now` is Unix seconds. Raises a SignatureError that says what is
    wrong.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    event_id, timestamp, listed = (_header(lowered, name) for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER))
    _check_time(timestamp, now=now, tolerance_s=tolerance_s)
    content = _content(body, event_id=event_id, timestamp=timestamp)
    expected = [_signature(content, secret=secret).encode() for secret in secrets]
    # Every pair is compared, so that the time taken does not tell which one was close.
    given = [one.encode("utf-8", "surrogateescape") for one in listed.split(" ")[:_MAX_SIGNATURES]]
    if not any([hmac.compare_digest(mine, theirs) for mine in expected for theirs in given]):  # noqa: C419
        raise NoMatch


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value:
        raise HeaderMissing(f"The header {name} is missing.")
    return value


def _check_time(timestamp: str, *, now: float, tolerance_s: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MAX_TIMESTAMP_DIGITS):
        raise HeaderMalformed
    signed_at = int(timestamp)
    if signed_at < now - tolerance_s:
        raise TooOld
    if signed_at > now + tolerance_s:
        raise TooNew


def _content(body: bytes, *, event_id: str, timestamp: str) -> bytes:
    return b".".join((event_id.encode("utf-8", "surrogateescape"), timestamp.encode("ascii"), body))


def _signature(content: bytes, *, secret: str) -> str:
    mac = _keyed(secret).copy()
    mac.update(content)
    return f"{_SCHEME},{base64.b64encode(mac.digest()).decode('ascii')}"


@lru_cache(maxsize=256)
def _keyed(secret: str) -> hmac.HMAC:
    """Return what every signature with this secret begins with."""
    return hmac.new(_key(secret), digestmod=hashlib.sha256)


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        raise SecretMalformed
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SecretMalformed from None
    if not _MIN_KEY_BYTES <= len(key) <= _MAX_KEY_BYTES:
        raise SecretMalformed
    return key
