"""Calls under way at once: each bot's places, and what all bots share."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from frontdesk.core.ids import Instant
from frontdesk.core.people import Bot
from frontdesk.delivery.bulkhead import MAX_UNDER_WAY, Bulkhead
from tests.kit.making import ADA, BEA, NOON


class Work:
    """Calls that end when the test says so, in the order in which they got a place."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.bulkhead = bulkhead
        self.begun: list[Bot] = []
        self._ends: list[tuple[Bot, asyncio.Event]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def wants(self, bot: Bot, *, times: int = 1) -> None:
        self._tasks += [asyncio.create_task(self._one(bot)) for _ in range(times)]
        await asyncio.sleep(0)

    async def end_first(self) -> None:
        _, end = self._ends.pop(0)
        end.set()
        for _ in range(3):
            await asyncio.sleep(0)

    async def end_all(self) -> None:
        while self._ends:
            await self.end_first()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def under_way(self) -> Counter[str]:
        return Counter(bot.first_name for bot, _ in self._ends)

    async def _one(self, bot: Bot) -> None:
        await self.bulkhead.take(bot)
        end = asyncio.Event()
        self.begun.append(bot)
        self._ends.append((bot, end))
        try:
            await end.wait()
        finally:
            self.bulkhead.give_back(bot)


async def test_a_bot_gets_as_many_calls_at_once_as_it_has_slots_and_fifty_at_most() -> None:
    work = Work(Bulkhead())

    await work.wants(replace(ADA, slots=3), times=5)
    await work.wants(replace(BEA, slots=500), times=60)

    assert work.under_way == {"Ada": 3, "Bea": MAX_UNDER_WAY}
    await work.end_all()


@pytest.mark.guarantee("O7")
async def test_a_bot_with_few_conversations_waits_for_none_of_the_five_hundred_of_another() -> None:
    work = Work(Bulkhead())
    await work.wants(ADA, times=500)

    await work.wants(BEA, times=5)

    assert work.under_way == {"Ada": 50, "Bea": 5}
    await work.end_all()


@pytest.mark.guarantee("O7")
async def test_bots_that_wait_for_the_places_of_all_get_them_in_turn() -> None:
    work = Work(Bulkhead(total=4))
    await work.wants(ADA, times=500)
    await work.wants(BEA, times=5)

    for _ in range(10):
        await work.end_first()

    after = [one.first_name for one in work.begun[4:]]
    assert Counter(after) == {"Ada": 5, "Bea": 5}
    assert all(left != right for left, right in pairwise(after))
    await work.end_all()
    assert Counter(one.first_name for one in work.begun) == {"Ada": 500, "Bea": 5}


async def test_a_caller_that_leaves_while_it_waits_loses_no_place() -> None:
    bulkhead, bot = Bulkhead(), replace(ADA, slots=1)
    await bulkhead.take(bot)
    waiting = [asyncio.create_task(bulkhead.take(bot)) for _ in range(3)]
    await asyncio.sleep(0)

    waiting[0].cancel()
    bulkhead.give_back(bot)
    waiting[1].cancel()
    await asyncio.wait(waiting)

    assert [one.cancelled() for one in waiting] == [True, True, False]
    bulkhead.give_back(bot)
    assert vars(bulkhead)["_waiting"] == {}
    assert vars(bulkhead)["_under_way"] == {}
    assert vars(bulkhead)["_most"] == {}


@pytest.mark.guarantee("F11")
async def test_a_bot_that_answers_429_gets_fewer_calls_at_once_and_more_again_while_it_answers() -> None:
    work = Work(Bulkhead())
    await work.wants(replace(ADA, slots=8), times=30)

    work.bulkhead.throttled(replace(ADA, slots=8), started_at=NOON, now=Instant(NOON + 1))
    for _ in range(8):
        await work.end_first()
    lowered = work.under_way["Ada"]
    for _ in range(60):
        work.bulkhead.answered(ADA)
    await work.end_first()

    assert lowered == 4
    assert work.under_way == {"Ada": 8}
    await work.end_all()
