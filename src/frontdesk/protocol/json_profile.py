"""The JSON that is spoken here: a strict part of RFC 8259, the same in both directions (guarantee B12).

UTF-8 without a byte order mark, at most 32 levels, every key once in its object, numbers that a double can hold,
integers up to 2^53, no lone surrogate, no NUL, at most 256 KiB. An ordinary document is read once by the
C parser; only one that has something unusual is read a second time, to name what and where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isinf
from types import NoneType
from typing import Final

from frontdesk.protocol.faults import Fault, InvalidDocument, Place, at, capped
from frontdesk.protocol.limits import MAX_CONTEXT_BYTES, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_INTEGER, MAX_NAMED
from frontdesk.protocol.tokens import nesting

_BOM: Final = b"\xef\xbb\xbf"
#: More digits than any integer that is allowed; not even converted.
_MAX_DIGITS: Final = 17
#: Below this the C parser cannot run out of stack, so the place of a nesting fault can be found.
_READABLE_DEPTH: Final = 100
_ODD_ESCAPE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
#: Types of values that cannot be odd.
_PLAIN: Final = frozenset({int, float, bool, NoneType})
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class _OddError(Exception):
    """Something that the careful reading has to look at."""


class _Doubled(dict[str, object]):
    """An object in which keys stand twice."""

    doubled: tuple[str, ...] = ()


class _HugeNumber:
    """A number beyond what a double can hold."""


class _HugeInteger:
    """An integer beyond 2^53."""


def parse(raw: bytes, *, is_free: Callable[[Place], bool] | None = None, limit: int = MAX_DOCUMENT_BYTES) -> object:
    """Read a document of the profile into dict, list, str, int, float, bool and None.

    Below a place for which `is_free` returns true, integers may have any size; they come back as objects without
    meaning, so take the bytes there. Raises InvalidDocument (`invalid_json` or `too_large`).
    """
    text = _text(raw, limit=limit)
    is_deep = raw.count(b"[") + raw.count(b"{") > MAX_DEPTH
    # In a large body, only whether it is too deep matters; in one that an author may have meant, where.
    enough = MAX_DEPTH if len(raw) > 4 * MAX_CONTEXT_BYTES else _READABLE_DEPTH
    depth = nesting(raw, enough=enough + 1) if is_deep else 0
    if depth > _READABLE_DEPTH:
        raise _unsafe([Fault("$", f"nested deeper than {MAX_DEPTH} levels")])
    is_odd = depth > MAX_DEPTH or ("\\u" in text and _ODD_ESCAPE.search(text) is not None)
    try:
        return _careful(text, is_free=is_free or _nowhere) if is_odd else _quick(text, is_free=is_free or _nowhere)
    except json.JSONDecodeError as error:
        raise _not_json(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None


def is_storable(text: str) -> bool:
    """Tell whether text has neither NUL nor a lone surrogate, which stores and sockets refuse."""
    return _UNSTORABLE.search(text) is None


def _text(raw: bytes, *, limit: int) -> str:
    if len(raw) > limit:
        raise InvalidDocument((Fault("$", f"{len(raw):,} bytes; at most {limit:,} are allowed"),), kind="too_large")
    if raw.startswith(_BOM):
        raise _not_json("begins with a byte order mark; send UTF-8 without one")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_json(f"not UTF-8 (byte {error.start}); encode the document as UTF-8") from None


def _quick(text: str, *, is_free: Callable[[Place], bool]) -> object:
    try:
        tree: object = _FAST.decode(text)
    except _OddError:
        return _careful(text, is_free=is_free)
    return tree


def _careful(text: str, *, is_free: Callable[[Place], bool]) -> object:
    tree: object = _MARKING.decode(text)
    search = _Search(is_free=is_free)
    search.look(tree, place=())
    if search.faults:
        raise _unsafe(search.faults)
    return tree


@dataclass(slots=True, kw_only=True)
class _Search:
    """Looks for what is odd, until there is more than can be named."""

    is_free: Callable[[Place], bool]
    faults: list[Fault] = field(default_factory=list)

    def look(self, node: object, *, place: Place) -> None:
        match node:
            case dict() | list() if len(place) >= MAX_DEPTH:
                self._blame(place, f"nested deeper than {MAX_DEPTH} levels")
            case dict():
                self._look_at_keys(node, place=place)
                self._look_inside(node.items(), place=place)
            case list():
                self._look_inside(enumerate(node), place=place)
            case str() if not is_storable(node):
                self._blame(place, "text with a lone surrogate or \\u0000; remove it")
            case _HugeInteger() if not self.is_free(place):
                self._blame(place, f"an integer beyond ±{MAX_INTEGER:,}; send it as a string")
            case _HugeNumber():
                self._blame(place, "a number out of range; send it as a string")
            case _:
                pass

    def _look_inside(self, children: Iterable[tuple[str | int, object]], *, place: Place) -> None:
        for step, child in children:
            # Nearly every child is one of these; a body of 256 KiB has room for a hundred thousand.
            if type(child) in _PLAIN or (type(child) is str and _UNSTORABLE.search(child) is None):
                continue
            if not child and len(place) + 1 < MAX_DEPTH:
                continue
            self.look(child, place=(*place, step))
            if len(self.faults) > MAX_NAMED:
                return

    def _look_at_keys(self, node: dict[str, object], *, place: Place) -> None:
        if isinstance(node, _Doubled):
            for key in node.doubled:
                self._blame((*place, key), "the same key twice in one object")
        if not is_storable("".join(node)):
            for key in filter(_UNSTORABLE.search, node):
                self._blame((*place, key), "a key with a lone surrogate or \\u0000; remove it")

    def _blame(self, place: Place, message: str) -> None:
        if len(self.faults) <= MAX_NAMED:
            self.faults.append(Fault(at(place), message))


def _nowhere(_place: Place) -> bool:
    return False


def _not_json(message: str) -> InvalidDocument:
    return InvalidDocument((Fault("$", message),), kind="invalid_json")


def _unsafe(faults: list[Fault]) -> InvalidDocument:
    return InvalidDocument(capped(faults), kind="invalid_json", code="unsafe_json")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _OddError
    return found


def _once_or_marked(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    marked = _Doubled(found)
    marked.doubled = tuple(dict.fromkeys(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return marked


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS or abs(number := int(digits)) > MAX_INTEGER:
        raise _OddError
    return number


def _integer_or_marked(digits: str) -> object:
    return _HugeInteger() if len(digits) > _MAX_DIGITS or abs(int(digits)) > MAX_INTEGER else int(digits)


def _number(digits: str) -> float:
    if isinf(number := float(digits)):
        raise _OddError
    return number


def _number_or_marked(digits: str) -> object:
    return _HugeNumber() if isinf(number := float(digits)) else number


def _no_constant(name: str) -> object:
    raise _not_json(f"not JSON: {name} is not a number; send null or a string")


_FAST: Final = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_integer, parse_float=_number, parse_constant=_no_constant
)
_MARKING: Final = json.JSONDecoder(
    object_pairs_hook=_once_or_marked,
    parse_int=_integer_or_marked,
    parse_float=_number_or_marked,
    parse_constant=_no_constant,
)
