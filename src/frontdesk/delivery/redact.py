"""What of a call may be kept in the delivery log: bounded text without secrets."""

from __future__ import annotations

from collections.abc import Iterable

#: Characters of a body that are kept.
EXCERPT = 4096
MAX_HEADERS = 64
MAX_VALUE = 512
REDACTED = "[redacted]"

_SECRET_NAMES = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authenticate",
        "proxy-authorization",
        "security-token",
        "set-cookie",
        "webhook-signature",
        "www-authenticate",
        "x-api-key",
    }
)
#: Shorter values cannot be told from ordinary words.
_SHORTEST_SECRET = 8


class Redactor:
    """Removes the given secret values, and the values of headers that carry secrets, from what is kept."""

    def __init__(self, *, names: Iterable[str], values: Iterable[str]) -> None:
        self._names = _SECRET_NAMES | {name.lower() for name in names}
        found = {one for value in values for one in (value, *value.split()) if len(one) >= _SHORTEST_SECRET}
        self._values = sorted(found, key=len, reverse=True)

    def headers(self, items: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return up to 64 headers, secret values replaced and long ones cut."""
        kept = list(items)[:MAX_HEADERS]
        return tuple((_storable(name)[:MAX_VALUE], self._value(name, value)) for name, value in kept)

    def excerpt(self, body: bytes) -> str:
        """Return up to 4 KiB of a body as text."""
        # Cut after replacing, so that a secret on the border does not stay in half.
        text = self.text(body[: 2 * EXCERPT].decode("utf-8", "replace"))
        return text.encode()[:EXCERPT].decode("utf-8", "ignore")

    def text(self, text: str) -> str:
        """Return the text without the secret values."""
        for value in self._values:
            text = text.replace(value, REDACTED)
        return _storable(text)

    def _value(self, name: str, value: str) -> str:
        return REDACTED if name.lower() in self._names else self.text(value)[:MAX_VALUE]


def _storable(text: str) -> str:
    # Databases refuse NUL and lone surrogates.
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
