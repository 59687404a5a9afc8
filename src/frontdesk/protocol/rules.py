"""What an event must keep to beyond its type: web addresses, e-mail addresses, fields of a contact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from frontdesk.protocol.events import (
    CarouselPayload,
    ContactUpdatePayload,
    NavigatePayload,
    Payload,
)
from frontdesk.protocol.faults import Place, shown

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSAFE_IN_URL: Final = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\\\\]")
_AUTHORITY: Final = re.compile(r"(https?)://([^/?#]+)", re.IGNORECASE)
#: Plausible, not complete: only a message that arrives proves an address.
_EMAIL: Final = re.compile(
    r"[^@\s<>()\[\]\",;:\\]{1,64}@(?:[^@\s<>()\[\]\",;:\\./]{1,63}\.)+[^@\s<>()\[\]\",;:\\./]{2,63}"
)
_MIN_PHONE_DIGITS: Final = 3
_MAX_PORT: Final = 65_535


def broken_rules(payload: Payload) -> Iterator[tuple[Place, str]]:
    """Yield the place inside the payload and the message of every rule that it breaks."""
    match payload:
        case NavigatePayload(url=url):
            yield from _at(("url",), url_fault(url))
        case ContactUpdatePayload():
            yield from _contact_faults(payload)
        case CarouselPayload(options=cards):
            for place, card in enumerate(cards):
                if card.media is not None:
                    yield from _at(("options", place, "media"), url_fault(card.media, schemes=("https",)))
        case _:
            pass


def url_fault(url: str, *, schemes: tuple[str, ...] = ("http", "https")) -> str | None:
    """Say what keeps `url` from being an absolute web address that every browser reads alike; None: nothing."""
    wanted = f"expected an {' or '.join(reversed(schemes))} URL"
    if _UNSAFE_IN_URL.search(url):
        return f"{wanted} without spaces, control characters and backslashes, got {shown(url)}"
    found = _AUTHORITY.match(url)
    if found is None or found[1].lower() not in schemes:
        return f"{wanted} in full, as https://shop.example/page, got {shown(url)}"
    if "@" in found[2]:
        return f"{wanted} without a user name or password, got {shown(url)}"
    return None if _has_host(url) else f"{wanted} with a valid host and port, got {shown(url)}"


def email_fault(text: str) -> str | None:
    """Say why `text` cannot be an e-mail address; None: it can."""
    return None if _EMAIL.fullmatch(text) else f"expected an e-mail address, as ann@example.org, got {shown(text)}"


def phone_fault(text: str) -> str | None:
    """Say why `text` cannot be a telephone number; None: it can."""
    enough = sum(one.isdecimal() for one in text) >= _MIN_PHONE_DIGITS
    return None if enough else f"expected a telephone number, as +49 170 1234567, got {shown(text)}"


def field_fault(text: str) -> str | None:
    """Say why `text` cannot be a field of a contact; None: it can."""
    if _CONTROL.search(text):
        return "expected one line without control characters"
    return None if text.strip() else "expected text that is not blank"


def _contact_faults(payload: ContactUpdatePayload) -> Iterator[tuple[Place, str]]:
    if payload.name is payload.email is payload.mobile_number is None:
        yield (), "expected at least one of name, email and mobile_number"
    if payload.name is not None:
        yield from _at(("name",), field_fault(payload.name))
    if payload.email is not None:
        yield from _at(("email",), field_fault(payload.email) or email_fault(payload.email))
    if payload.mobile_number is not None:
        yield from _at(("mobile_number",), field_fault(payload.mobile_number) or phone_fault(payload.mobile_number))


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or 0 < parts.port <= _MAX_PORT)
    except ValueError:
        return False


def _at(place: Place, fault: str | None) -> Iterator[tuple[Place, str]]:
    if fault is not None:
        yield place, fault
