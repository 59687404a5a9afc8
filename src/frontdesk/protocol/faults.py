"""What is wrong with a document, and where: paths, messages, and the one exception that carries them."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import msgspec

from frontdesk.protocol.limits import MAX_NAMED

#: A place in a document: keys and positions from the root.
Place: TypeAlias = tuple[str | int, ...]

#: Classes of a refused document (the delivery log's classes of faults).
Kind = Literal["invalid_json", "invalid_event", "invalid_context", "too_large"]

#: Which problem an HTTP caller is told (`problems.CATALOGUE`).
Code = Literal["invalid_json", "unsafe_json", "invalid_event", "invalid_context", "context_too_large", "too_large"]

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_SHOWN_CHARS: Final = 60


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong; `path` as `$[0].packet.payload.body`, `message` says how to put it right."""

    path: str
    message: str


class InvalidDocument(ValueError):
    """The document is refused whole. `errors` names every fault, up to 100; never empty."""

    def __init__(self, errors: tuple[Fault, ...], *, kind: Kind, code: Code | None = None) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in errors[:3]))
        self.errors = errors
        #: Class of the fault, as the delivery log calls it.
        self.kind: Kind = kind
        #: The problem that an API caller is answered with; finer than `kind`.
        self.code: Code = code or kind


def at(place: Place) -> str:
    """Write a place as text: `$[0].packet.payload["odd key"]`."""
    return "$" + "".join(_step(step) for step in place)


def shown(value: object) -> str:
    """Show a value of a document in a message, shortened."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{_cut(_printable(value))}"'
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return _cut(str(value))


def capped(faults: list[Fault]) -> tuple[Fault, ...]:
    """Return the faults; of more than 100 the first, and a line that there are others."""
    if len(faults) <= MAX_NAMED:
        return tuple(faults)
    return (*faults[:MAX_NAMED], Fault("$", "and more errors, which are not listed"))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.match(step) else f'["{_cut(_printable(step))}"]'


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…"


def _printable(text: str) -> str:
    return "".join(
        one if one.isprintable() and one != '"' else one.encode("unicode_escape").decode() if one != '"' else '\\"'
        for one in text[: _SHOWN_CHARS + 1]
    )
