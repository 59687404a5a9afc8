"""Which of the delivery log's classes of faults a status or an exception of the HTTP client belongs to."""

from __future__ import annotations

import asyncio
import ssl
import traceback
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePath

import aiohttp

from frontdesk.core.delivery import Failed, Fault
from frontdesk.core.ids import Instant
from frontdesk.delivery.client import Journey
from frontdesk.delivery.guard import Blocked

_EXACT: dict[int, Fault] = {304: "protocol", 410: "gone", 429: "throttled"}
_BY_HUNDRED: dict[int, Fault] = {3: "redirect", 4: "http_4xx", 5: "http_5xx"}

#: Newest places of a traceback that the delivery log keeps.
MAX_FRAMES = 12

REASONS: dict[Fault, str] = {
    "dns": "The host name could not be resolved.",
    "connect": "No connection could be made.",
    "tls": "The TLS connection or the certificate was not accepted.",
    "blocked": "This address is not allowed.",
    "timeout": "There was no whole answer before the deadline.",
    "reset": "The connection was closed before the answer was whole.",
    "protocol": "The answer is not valid HTTP, or has a status that means nothing here.",
    "redirect": "The answer is a redirect; redirects are never followed.",
    "throttled": "The bot answered that it gets too many requests.",
    "gone": "The bot answered that it is gone for good.",
    "encoding": "The answer is compressed; only plain answers are accepted.",
    "too_large": "The answer is larger than 256 KiB.",
    "internal": "The call failed because of a fault in Frontdesk.",
}


def fault_of_status(status: int) -> Fault | None:
    """Return the class of a status, or None for 2xx."""
    if 200 <= status < 300:
        return None
    return _EXACT.get(status) or _BY_HUNDRED.get(status // 100, "protocol")


def fault_of_error(error: Exception, *, journey: Journey) -> Fault | None:
    """Return the class of an exception raised by a call, or None where it is a bug of ours."""
    match error:
        case Blocked() | aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return "blocked"
        case TimeoutError():
            return _timeout(journey)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return "tls"
        case aiohttp.ClientConnectorError(os_error=Blocked()):
            return "blocked"
        case aiohttp.ClientConnectorDNSError():
            return "dns"
        case aiohttp.ClientConnectorError():
            # Whoever hangs up in the middle of the handshake has not agreed to it.
            return "tls" if journey.greeting else "connect"
        case aiohttp.ClientPayloadError():
            return "reset" if _was_reset(error) else "protocol"
        case (
            aiohttp.ServerDisconnectedError()
            | ConnectionError()
            | aiohttp.ClientOSError()
            | asyncio.IncompleteReadError()
        ):
            return "reset"
        case aiohttp.ClientError() | aiohttp.http_exceptions.HttpProcessingError():
            return "protocol"
        case _:
            return None


def retry_after_ms(text: str | None, *, now: Instant) -> int | None:
    """Return what a `Retry-After` header asks for, from seconds or an HTTP date; None where it makes no sense."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return int(text) * 1000 if len(text) <= 10 else None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0, int((at - datetime.fromtimestamp(now / 1000, UTC)).total_seconds() * 1000))


def needs_attention(failure: Failed) -> bool:
    """Tell whether only a person can help: the certificate, the address or a key is wrong, or the bot is gone."""
    return failure.fault in {"tls", "blocked", "gone"} or failure.status in {401, 403, 404}


def trace_of(error: Exception) -> str:
    """Return where a fault of ours came from, for the delivery log: kind and places, no message and no value.

    What an exception says may quote what the contact or the bot wrote, or a secret.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = " > ".join(f"{PurePath(one.filename).name}:{one.lineno} {one.name}" for one in frames[-MAX_FRAMES:])
    return f"{REASONS['internal']} {type(error).__name__} at {places or 'an unknown place'}"


def _timeout(journey: Journey) -> Fault:
    if journey.connected is not None:
        return "timeout"
    if journey.greeting:
        return "tls"
    return "connect" if journey.dialled else "dns"


def _was_reset(error: aiohttp.ClientPayloadError) -> bool:
    # The client tells a reset in the middle of a body from a body of the wrong length by its text only.
    return ConnectionResetError.__name__ in str(error)
