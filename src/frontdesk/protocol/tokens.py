"""Looks at JSON text without reading it: how deep it nests, and which white space has no meaning.

Everything here takes time in proportion to the text, whatever the text is: the patterns are possessive, so that no
input makes them go back.
"""

from __future__ import annotations

import re
from typing import Final

_SPACE: Final = b" \t\r\n"
#: A string, or what is left of one that never ends.
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
#: A string, or anything else up to the next white space.
_MEANING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^" \t\r\n]++', re.DOTALL)
#: Both kinds of bracket as one; whether they match is for the parser to say.
_AS_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def nesting(raw: bytes, *, enough: int) -> int:
    """Return how many levels the brackets outside strings have; not less than `enough` where they have as many.

    Text that does not balance gets the number it may have at most.
    """
    brackets = b"".join(_STRING.split(raw)).translate(_AS_ONE_KIND, _ALL_BUT_BRACKETS)
    levels = 0
    while levels < enough and len(outer := brackets.replace(b"[]", b"")) < len(brackets):
        levels += 1
        brackets = outer
    return levels + brackets.count(b"[")


def compact(raw: bytes) -> bytes:
    """Remove insignificant white space from valid JSON; every other byte stays as it is."""
    return raw if len(raw.translate(None, _SPACE)) == len(raw) else b"".join(_MEANING.findall(raw))
