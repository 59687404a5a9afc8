"""A clock that jumps hastens nothing and loses nothing; signatures say what the clock says."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.ids import Instant
from frontdesk.steady import HOPELESS_MS, SLEW, SteadyClock, wall_ms
from tests.kit.contact import visiting
from tests.kit.server import bot_server, running_server

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
START = 1_700_000_000_000


@dataclass
class Machine:
    """A machine's two clocks."""

    wall: int = START
    elapsed: float = 0.0

    def passes(self, ms: float, *, jump: int = 0) -> None:
        self.elapsed += ms
        self.wall += int(ms) + jump

    def clock(self) -> SteadyClock:
        return SteadyClock(wall=lambda: self.wall, elapsed=lambda: self.elapsed)


@pytest.mark.guarantee("X8")
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 60_000), st.sampled_from([0, 0, 0, HOUR_MS, -HOUR_MS, DAY_MS // 2, -DAY_MS // 2, 37]))
    )
)
def test_whatever_the_machines_clock_does_time_passes_at_nine_tenths_to_eleven_tenths(
    steps: list[tuple[int, int]],
) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock()

    for ms, jump in steps:
        near = abs(machine.wall + jump - before) < HOPELESS_MS - DAY_MS // 2
        machine.passes(ms, jump=jump if near else 0)
        now = clock()
        assert (1 - SLEW) * ms - 1 <= now - before <= (1 + SLEW) * ms + 1
        before = now


@pytest.mark.guarantee("X8")
@pytest.mark.parametrize("jump", [HOUR_MS, -HOUR_MS, 5])
def test_it_catches_up_in_the_end(jump: int) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.passes(0, jump=jump)

    for _ in range(12):
        machine.passes(abs(jump))
        clock()

    assert abs(clock() - machine.wall) <= 1


def test_a_clock_that_was_never_right_is_set_at_once() -> None:
    machine = Machine(wall=0)
    clock = machine.clock()

    machine.passes(1000, jump=START)

    assert clock() == START + 1000


def test_it_shows_the_time_of_day() -> None:
    assert abs(SteadyClock()() - wall_ms()) < 100


@pytest.mark.guarantee("X8")
@pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS])
async def test_a_jump_neither_ends_an_attempt_nor_loses_a_retry_and_signatures_say_now(
    tmp_path: Path, jump_ms: int
) -> None:
    ahead = [0]

    def wall() -> Instant:
        return Instant(wall_ms() + ahead[0])

    async def answer(call: dict[str, Any]) -> Any:
        if call["packet"]["name"] == "start":
            return []
        if len(bot.calls) == 2:
            ahead[0] = jump_ms
            return web.Response(status=503)
        await asyncio.sleep(1.2)
        return [{"packet": {"name": "message", "payload": {"body": "Here"}}}]

    async with (
        bot_server(answer) as bot,
        running_server(tmp_path, now=SteadyClock(wall=wall), wall=wall) as server,
    ):
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as tab:
            started = time.monotonic()
            await tab.say("Anybody there?")
            await tab.sees("message", body="Here")
            took = time.monotonic() - started
            await server.logged(3)
            outcomes = [one.outcome for one in await server.store.reader.attempts()]

    assert outcomes == ["ok", "http_5xx", "ok"]
    assert 1.8 < took < 10
    signed = [int(headers["webhook-timestamp"]) for headers in bot.headers]
    assert abs(signed[1] - time.time()) < 20
    assert abs(signed[2] - (time.time() + jump_ms / 1000)) < 20
    assert [headers["chat-attempt"] for headers in bot.headers[1:]] == ["1", "2"]
