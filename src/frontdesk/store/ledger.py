"""Groups the commands of many callers into few transactions, and tells of each commit once it is durable."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from frontdesk.actions.ports import Command, StoreUnavailable
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.refusals import Refusal
from frontdesk.store.batch import Outcome, Vault
from frontdesk.store.errors import OutcomeUnknown

R = TypeVar("R")

#: More commands than this in one transaction save nothing more, and make the first one wait.
GROUP = 256
#: So many commands may wait; beyond it a caller is told at once instead of waiting longer than it will.
ROOM = 4_096
#: After so many commands in a row that the database would not save, the rest of a batch is not tried.
PATIENCE = 2


@dataclass(frozen=True, slots=True)
class _Call:
    """A command and the caller who waits for it."""

    command: Command[Any]
    result: asyncio.Future[Any]

    def resolve(self, result: object) -> None:
        """Hand the result or the refusal over; a caller who left lost nothing but the news."""
        if self.result.done():
            return
        if isinstance(result, Refusal):
            self.result.set_exception(result)
        else:
            self.result.set_result(result)

    def fail(self, error: Exception) -> None:
        """Hand the error over, or tell the loop where the caller left: a bug never goes unseen."""
        if not self.result.done():
            self.result.set_exception(error)
        elif not isinstance(error, StoreUnavailable):
            context = {"message": "A command failed whose caller had left.", "exception": error}
            self.result.get_loop().call_exception_handler(context)


class GroupLedger:
    """The one door to a store. Belongs to one event loop."""

    def __init__(self, vault: Vault, *, room: int = ROOM, group: int = GROUP) -> None:
        self._vault = vault
        self._room = room
        self._group = group
        self._waiting: deque[_Call] = deque()
        self._subscribers: list[Callable[[Change], None]] = []
        self._worker: asyncio.Task[None] | None = None
        self._closed = False
        self._observers: list[Callable[[int, float], None]] = []
        #: Commands that found no room to wait.
        self.shed = 0

    @property
    def waiting(self) -> int:
        """How many commands wait for their transaction."""
        return len(self._waiting)

    def observe(self, callback: Callable[[int, float], None]) -> None:
        """Call `callback` with the commands in it and the seconds that it took after each transaction."""
        self._observers.append(callback)

    def subscribe(self, callback: Callable[[Change], None]) -> None:
        """Call `callback` on the event loop after each commit, in the order of commits.

        The change is the whole batch's: each record once, in its last state, and all new entries and attempts.
        """
        self._subscribers.append(callback)

    async def run(self, command: Command[R]) -> R:
        """Decide and save, together with other callers' commands; return after the commit.

        A caller that is cancelled does not take its command back. Raises the command's Refusal (after its change is
        durable), or StoreUnavailable.
        """
        if self._closed:
            raise StoreUnavailable("the store is closing")
        if len(self._waiting) >= self._room:
            self.shed += 1
            raise StoreUnavailable("too many commands wait for the store")
        call = _Call(command, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="ledger")
        result: R = await call.result
        return result

    async def close(self) -> None:
        """Save what waits, and take no more."""
        self._closed = True
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), self._group)
            await self._save([self._waiting.popleft() for _ in range(count)])
        self._worker = None

    async def _save(self, calls: Sequence[_Call]) -> None:
        started = time.perf_counter()
        await self._try(calls)
        seconds = time.perf_counter() - started
        for callback in self._observers:
            callback(len(calls), seconds)

    async def _try(self, calls: Sequence[_Call]) -> None:
        try:
            outcome = await self._vault.commit([call.command for call in calls])
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the caller's to learn
            if len(calls) == 1 or isinstance(error, OutcomeUnknown):
                for call in calls:
                    call.fail(error)
            else:
                await self._save_alone(calls)
        else:
            self._tell(calls, outcome)

    async def _save_alone(self, calls: Sequence[_Call]) -> None:
        """Run each command by itself, so that only the one at fault fails."""
        refused_in_a_row = 0
        for call in calls:
            if refused_in_a_row >= PATIENCE:
                call.fail(StoreUnavailable("the database does not save"))
                continue
            try:
                outcome = await self._vault.commit([call.command])
            except Exception as error:  # noqa: BLE001 -- as above
                refused_in_a_row = refused_in_a_row + 1 if isinstance(error, StoreUnavailable) else 0
                call.fail(error)
            else:
                refused_in_a_row = 0
                self._tell([call], outcome)

    def _tell(self, calls: Sequence[_Call], outcome: Outcome) -> None:
        for call, result in zip(calls, outcome.results, strict=True):
            call.resolve(result)
        if outcome.change == NOTHING:
            return
        for callback in self._subscribers:
            try:
                callback(outcome.change)
            except Exception as error:  # noqa: BLE001 -- one subscriber's bug must not keep others from the news
                context = {"message": "A subscriber of the ledger failed.", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)
