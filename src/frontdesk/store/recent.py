"""The records of the newest commits, so that a turn need not read again what the one before it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from frontdesk.core.change import Change
from frontdesk.store.gather import Load

#: Records of each kind; a talk that has rested longer is read from the database again.
ROOM = 4_096


class Recent:
    """Right only in the one process that writes, and if it hears of every write."""

    def __init__(self, *, room: int = ROOM) -> None:
        self._room = room
        self._shelves: dict[Load, dict[Any, Any]] = {"sessions": {}, "conversations": {}, "contacts": {}}

    def split(self, query: Load, keys: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Return the records that are known, and the keys of those that are not."""
        shelf = self._shelves.get(query)
        if shelf is None:
            return [], list(keys)
        return [shelf[key] for key in keys if key in shelf], [key for key in keys if key not in shelf]

    def saved(self, change: Change) -> None:
        """Note what is durable now."""
        self._put("sessions", ((one.cid, one) for one in change.sessions))
        self._put("conversations", ((one.id, one) for one in change.conversations))
        self._put("contacts", ((one.id, one) for one in change.contacts))

    def forget(self) -> None:
        """Forget all, after something else than a commit has written."""
        for shelf in self._shelves.values():
            shelf.clear()

    def _put(self, query: Load, records: Iterable[tuple[Any, Any]]) -> None:
        shelf = self._shelves[query]
        for key, record in records:
            # The newest goes last, so the first is the one that has rested longest.
            shelf.pop(key, None)
            shelf[key] = record
        while len(shelf) > self._room:
            del shelf[next(iter(shelf))]
