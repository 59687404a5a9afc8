"""Which static headers a bot's administrator may set for its webhook calls."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_HEADERS = 20
MAX_VALUE = 4096
#: Characters of all names and values together.
MAX_TOTAL = 16 * 1024

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
#: The platform or the connection sets these itself; letting them in allows request smuggling or forgery.
_RESERVED = frozenset(
    {
        "accept-encoding",
        "age",
        "connection",
        "cookie",
        "date",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
    }
)
_RESERVED_PREFIXES = ("content-", "proxy-", "x-forwarded-", "webhook-", "chat-")


def header_faults(headers: Sequence[tuple[str, str]]) -> list[str]:
    """Return one sentence for each fault, in the order of the headers; an empty list means they may be saved.

    The sentences name headers, never their values, which may be secret.
    """
    faults = [fault for name, value in headers for fault in _faults_of(name, value)]
    names = [name.lower() for name, _ in headers]
    faults += [f"The header {name!r} is given twice." for name in sorted(set(names)) if names.count(name) > 1]
    if len(headers) > MAX_HEADERS:
        faults.append(f"There are {len(headers)} headers; at most {MAX_HEADERS} are allowed.")
    if sum(len(name) + len(value) for name, value in headers) > MAX_TOTAL:
        faults.append(f"The headers are longer than {MAX_TOTAL} characters together.")
    return faults


def _faults_of(name: str, value: str) -> list[str]:
    lower = name.lower()
    faults: list[str] = []
    if not _TOKEN.fullmatch(name):
        faults.append(f"{name!r} is not a header name.")
    elif lower in _RESERVED or lower.startswith(_RESERVED_PREFIXES):
        faults.append(f"The header {name!r} is set by Frontdesk or the connection.")
    if not _VALUE.fullmatch(value):
        faults.append(f"The value of {name!r} has characters other than printable ASCII and tab.")
    if len(value) > MAX_VALUE:
        faults.append(f"The value of {name!r} is longer than {MAX_VALUE} characters.")
    return faults
