"""The loop that does what is due: patience lines, expired sessions, and the hourly sweep of what is past its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TypeVar

import structlog

from frontdesk.actions.expire import Expire
from frontdesk.actions.keep_lane import ShowPatience
from frontdesk.actions.ports import Broom, Command, Ledger, Reader
from frontdesk.core.ids import Instant
from frontdesk.core.refusals import Refusal
from frontdesk.failpoints import failpoint

K = TypeVar("K", bound=Hashable)

TICK_S = 1.0
SWEEP_MS = 3_600_000
#: Due rows taken at once of each kind.
BATCH = 100
#: A row that could not be worked off is left alone for so long, so that it does not stand before the others.
LEFT_ALONE_MS = 60_000


class Timers:
    """What is due stands in the store; a look each second finds it, also after a restart.

    Two loops may look at the same rows: the commands decide again, under the row's lock, and the second does nothing.
    """

    def __init__(
        self,
        ledger: Ledger,
        reader: Reader,
        *,
        broom: Broom,
        now: Callable[[], Instant],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._broom = broom
        self._now = now
        self._pause = pause
        self._log = structlog.get_logger("frontdesk.timers")
        self._left_alone: dict[Hashable, Instant] = {}
        self._swept_at: Instant | None = None
        self._stopping = False

    async def run(self) -> None:
        """Look each second until `stop()`."""
        while not self._stopping:
            await self.tick()
            await self._pause(TICK_S)

    def stop(self) -> None:
        """End the loop after the look under way."""
        self._stopping = True

    async def tick(self) -> None:
        """Do what is due now. A fault in one thing is logged and does not stop the others."""
        for work in (self._patience, self._expiries, self._sweep):
            try:
                await work()
            except Exception:  # noqa: BLE001 (the next look comes in a second)
                self._log.exception("timers.failed", work=work.__name__.strip("_"))

    async def _patience(self) -> None:
        due = await self._reader.due_patience(self._now(), limit=self._limit())
        await self._each(due, lambda one: ShowPatience(cid=one[0], event_id=one[1]))

    async def _expiries(self) -> None:
        due = await self._reader.due_expiries(self._now(), limit=self._limit())
        await self._each(due, lambda one: Expire(conversation_id=one))

    async def _sweep(self) -> None:
        now = self._now()
        if self._swept_at is not None and now - self._swept_at < SWEEP_MS:
            return
        self._swept_at = now
        removed = await self._broom.sweep(now)
        self._log.info("timers.swept", removed=removed)

    async def _each(self, due: Sequence[K], command: Callable[[K], Command[None]]) -> None:
        now = self._now()
        self._left_alone = {one: until for one, until in self._left_alone.items() if until > now}
        todo = [one for one in due if one not in self._left_alone]
        if todo:
            failpoint("timer.due")
        done = await asyncio.gather(*(self._ledger.run(command(one)) for one in todo), return_exceptions=True)
        for one, error in zip(todo, done, strict=True):
            if error is not None:
                self._left_alone[one] = Instant(now + LEFT_ALONE_MS)
            # A refusal means that something else was first; there is nothing left to do.
            if isinstance(error, BaseException) and not isinstance(error, Refusal):
                self._log.error("timers.failed", due=repr(one), exc_info=error)

    def _limit(self) -> int:
        return BATCH + len(self._left_alone)
