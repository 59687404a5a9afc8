"""Lanes at work: the real store, actions, poster and wire, a hostile bot, and waiting that a test ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from frontdesk.actions.ports import Command, Ledger, StoreUnavailable
from frontdesk.core.attempt import Attempt
from frontdesk.core.bot_events import BotEvent
from frontdesk.core.delivery import Failed
from frontdesk.core.entries import Message
from frontdesk.core.ids import Cid, ConversationId
from frontdesk.core.people import Bot
from frontdesk.delivery.lanes import Lanes, Outside
from frontdesk.delivery.post import Poster
from frontdesk.wire.events import read_answer
from tests.delivery import stage
from tests.kit.making import ADA, Counted
from tests.kit.office import Clock, Office

R = TypeVar("R")


class Skipped:
    """Waiting that is over at once."""

    async def __call__(self, seconds: float) -> None:
        await asyncio.sleep(0)


class Waiting:
    """Waiting that is over when the test moves the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiters: list[tuple[float, asyncio.Future[None]]] = []

    async def __call__(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((self._clock.now + seconds * 1000, future))
        await future

    def pending(self) -> list[float]:
        """Return the seconds that are left of each wait, shortest first."""
        return sorted((due - self._clock.now) / 1000 for due, future in self._waiters if not future.done())

    async def advance(self, seconds: float) -> None:
        self._clock.advance(seconds=seconds)
        due = [one for one in self._waiters if one[0] <= self._clock.now]
        self._waiters = [one for one in self._waiters if one not in due]
        for _, future in due:
            if not future.done():
                future.set_result(None)
        await asyncio.sleep(0)


@dataclass
class Seen:
    """Keeps what a conversation's watchers would be told."""

    signals: list[tuple[ConversationId, float]] = field(default_factory=list)

    def typing(self, conversation_id: ConversationId, seconds: float) -> None:
        self.signals.append((conversation_id, seconds))


@dataclass
class Flaky:
    """A ledger whose store is away for the next so many commands."""

    ledger: Ledger
    away: int = 0

    async def run(self, command: Command[R]) -> R:
        if self.away > 0:
            self.away -= 1
            raise StoreUnavailable
        return await self.ledger.run(command)


def decode(body: bytes, content_type: str, cid: Cid) -> tuple[tuple[BotEvent, ...], tuple[str, ...]] | Failed:
    answer = read_answer(body, cid=cid)
    return answer if isinstance(answer, Failed) else (answer.events, answer.ignored)


@dataclass
class Running:
    """An office whose bots are really called."""

    office: Office
    lanes: Lanes
    ledger: Flaky
    poster: Poster
    seen: Seen = field(default_factory=Seen)

    async def texts(self, conversation: ConversationId) -> list[str]:
        return [one.body for one in await self.office.log(conversation) if isinstance(one, Message)]

    def secrets(self) -> list[str]:
        """Return the signing secrets of all bots."""
        return [one.secret for bot in self.office.reader.directory().bots.values() for one in bot.secrets]

    async def attempts(self) -> list[Attempt]:
        found = await self.office.reader.attempts(limit=1000)
        return sorted(found, key=lambda one: one.id)

    async def outcomes(self) -> list[str]:
        return [one.outcome for one in await self.attempts()]


def bot_of(url: str, **changes: object) -> Bot:
    """Return Ada, with this webhook."""
    return replace(ADA, webhook_url=url, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def running(*bots: Bot, waits: bool = False) -> AsyncIterator[Running]:
    """Yield an office with these bots; `waits` leaves it to the test to end each wait, by `pauses.advance`."""
    office = await Office.opened(*bots)
    async with stage.client("127.0.0.0/8") as client:
        poster = Poster(client, now=office.clock, fresh_id=Counted().hex)
        ledger, seen = Flaky(office.ledger), Seen()
        outside = Outside(
            now=office.clock,
            chance=lambda: 0.5,
            holder=office.holder,
            pause=Waiting(office.clock) if waits else Skipped(),
        )
        lanes = Lanes(ledger, office.reader, posts=poster, decode=decode, signals=seen, outside=outside)
        office.ledger.subscribe(lanes.committed)  # type: ignore[attr-defined]
        try:
            yield Running(office=office, lanes=lanes, ledger=ledger, poster=poster, seen=seen)
        finally:
            for task in list(lanes._tasks):
                task.cancel()
            await lanes.stop()


async def until(holds: Callable[[], object]) -> None:
    """Wait for what real sockets bring; fails after five seconds."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to pass")


def pauses(one: Running) -> Waiting:
    """Return the waits of an office that `waits`."""
    pause = one.lanes._outside.pause
    assert isinstance(pause, Waiting)
    return pause


def at_rest(one: Running) -> bool:
    """Tell whether no attempt is under way or waits."""
    return not one.lanes._tasks


async def rest(one: Running) -> None:
    """Wait until no attempt is under way or waits."""
    await until(lambda: at_rest(one))
