"""Ways to give hints to the processes that share a store, where there is no database to carry them."""

from __future__ import annotations

from collections.abc import Callable


class Alone:
    """One process has the store, so there is nobody to tell."""

    shared = False

    async def send(self, hint: str) -> None:
        """Tell nobody."""

    def hear(self, callback: Callable[[str], None]) -> None:
        """Hear nothing."""


class MemoryWire:
    """Carries hints within one process, as between the parts of a test."""

    shared = True

    def __init__(self) -> None:
        self._heard: list[Callable[[str], None]] = []

    async def send(self, hint: str) -> None:
        """Give the hint to all who listen."""
        for callback in self._heard:
            callback(hint)

    def hear(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with each hint."""
        self._heard.append(callback)


class Silent:
    """Loses every hint: what then still happens, happens by looking at the store."""

    shared = True

    async def send(self, hint: str) -> None:
        """Lose it."""

    def hear(self, callback: Callable[[str], None]) -> None:
        """Hear nothing."""
