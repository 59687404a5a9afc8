"""Spellings that no source settles: what is read besides the one that is written (no document fixes them)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Event name → its key → every spelling that is read; the first is the one that is written.
SPELLINGS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "navigate": {"url": ("url", "link", "target")},
    "forward_group": {"group_id": ("group_id", "id", "group")},
}


def given_keys(name: str, payload: Mapping[str, object]) -> dict[str, str]:
    """Map each key of an event to the spelling that this payload uses; only where it is another one."""
    used = {}
    for key, spellings in SPELLINGS.get(name, {}).items():
        spelling = next((one for one in spellings if payload.get(one) is not None), key)
        if spelling != key:
            used[key] = spelling
    return used


def respelled(payload: Mapping[str, object], *, given: Mapping[str, str]) -> dict[str, object]:
    """Return the payload in the written spelling, without the keys that are null (null is as good as absent)."""
    back = {spelling: key for key, spelling in given.items()}
    return {back.get(key, key): value for key, value in payload.items() if value is not None}
