"""The JSON that is spoken here: a strict part of RFC 8259, the same in both directions (GUARANTEES B12).

UTF-8 without a byte order mark, at most 32 levels, every key once in its object, numbers that a double can hold,
integers up to 2^53, no lone surrogate, no NUL, at most 256 KiB. An ordinary document is read once by the
C parser; only one that has something unusual is read a second time, to name what and where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from math import isinf
from typing import Final

from frontdesk.protocol.faults import Fault, InvalidDocument, Place, at, capped
from frontdesk.protocol.limits import MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_INTEGER

_SPACE: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
#: More digits than any integer that is allowed; not even converted.
_MAX_DIGITS: Final = 17
#: Below this the C parser cannot run out of stack, so the place of a nesting fault can be found.
_READABLE_DEPTH: Final = 100
_ODD_ESCAPE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
#: A string (or what is left of one that never ends) or a bracket; possessive, so that no input makes it backtrack.
_STRING_OR_BRACKET: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_STRING_OR_SPACE: Final = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")|[ \t\r\n]++', re.DOTALL)
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class _OddError(Exception):
    """Something that the careful reading has to look at."""


class _Doubled(dict[str, object]):
    """An object in which keys stand twice."""

    doubled: tuple[str, ...] = ()


class _Huge:
    """A number that cannot be kept exactly."""

    def __init__(self, text: str) -> None:
        self.text = text


class _HugeInteger(_Huge):
    """An integer beyond 2^53."""


def parse(raw: bytes, *, is_free: Callable[[Place], bool] | None = None, limit: int = MAX_DOCUMENT_BYTES) -> object:
    """Read a document of the profile into dict, list, str, int, float, bool and None.

    Below a place for which `is_free` returns true, integers may have any size; they come back as objects without
    meaning, so take the bytes there. Raises InvalidDocument (`invalid_json` or `too_large`).
    """
    text = _text(raw, limit=limit)
    depth = _depth(text) if text.count("[") + text.count("{") > MAX_DEPTH else 0
    if depth > _READABLE_DEPTH:
        raise _unsafe([Fault("$", f"nested deeper than {MAX_DEPTH} levels")])
    is_odd = depth > MAX_DEPTH or ("\\u" in text and _ODD_ESCAPE.search(text) is not None)
    try:
        return _careful(text, is_free=is_free or _nowhere) if is_odd else _quick(text, is_free=is_free or _nowhere)
    except json.JSONDecodeError as error:
        raise _not_json(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None


def compact(raw: bytes) -> bytes:
    """Remove insignificant white space from valid JSON; every other byte stays as it is."""
    return raw if len(raw.translate(None, _SPACE)) == len(raw) else _STRING_OR_SPACE.sub(rb"\1", raw)


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


def _depth(text: str) -> int:
    """Return how deep brackets nest outside strings, without looking further than matters."""
    level = deepest = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        match text[found.start()]:
            case "[" | "{":
                level += 1
                deepest = max(deepest, level)
                if level > _READABLE_DEPTH:
                    break
            case "]" | "}":
                level -= 1
            case _:
                pass
    return deepest


def _quick(text: str, *, is_free: Callable[[Place], bool]) -> object:
    try:
        tree: object = _FAST.decode(text)
    except _OddError:
        return _careful(text, is_free=is_free)
    return tree


def _careful(text: str, *, is_free: Callable[[Place], bool]) -> object:
    tree: object = _MARKING.decode(text)
    faults = [Fault(at(place), message) for place, message in _odd_places(tree, place=(), is_free=is_free)]
    if faults:
        raise _unsafe(faults)
    return tree


def _odd_places(node: object, *, place: Place, is_free: Callable[[Place], bool]) -> Iterator[tuple[Place, str]]:
    match node:
        case str():
            if not is_storable(node):
                yield place, "text with a lone surrogate or \\u0000; remove it"
        case _HugeInteger():
            if not is_free(place):
                yield place, f"an integer beyond ±{MAX_INTEGER:,}; send it as a string"
        case _Huge():
            yield place, "a number out of range; send it as a string"
        case dict() | list():
            if len(place) >= MAX_DEPTH:
                yield place, f"nested deeper than {MAX_DEPTH} levels"
                return
            yield from _odd_keys(node, place=place)
            for step, child in node.items() if isinstance(node, dict) else enumerate(node):
                yield from _odd_places(child, place=(*place, step), is_free=is_free)
        case _:
            pass


def _odd_keys(node: dict[str, object] | list[object], *, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(node, _Doubled):
        yield from (((*place, key), "the same key twice in one object") for key in node.doubled)
    if isinstance(node, dict):
        yield from (((*place, key), "a key with a lone surrogate or \\u0000") for key in node if not is_storable(key))


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
    return _HugeInteger(digits) if len(digits) > _MAX_DIGITS or abs(int(digits)) > MAX_INTEGER else int(digits)


def _number(digits: str) -> float:
    if isinf(number := float(digits)):
        raise _OddError
    return number


def _number_or_marked(digits: str) -> object:
    return _Huge(digits) if isinf(number := float(digits)) else number


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
