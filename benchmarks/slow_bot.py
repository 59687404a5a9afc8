"""A bot that takes its time holds up nobody: neither its own other conversations, nor those of another bot."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from benchmarks import processes
from benchmarks.people import Contact, Door, crowd
from benchmarks.results import Result
from benchmarks.windows import COLUMNS, Window, cells, typical, window

AT_ONCE = 32
BOT_S = 1.0
LEAST_RATE = 31
HUNG = 200
#: Calls to one bot that may be under way at once; so many hung conversations need some bots.
PLACES = 50
MOST_MORE = 1.2
ROUNDS = 7

HOW = (
    "Slow: 32 conversations with a bot that answers after a second. Hung: a lively bot's 16 conversations, windows "
    "without and with 200 conversations of four other bots that never answer; the ratio is the median of neighbours."
)


async def run(folder: Path, *, quick: bool) -> Result:
    """Measure the slow bot, then a lively one beside bots that hang."""
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(processes.bot())
        paths = ["", f"after/{BOT_S}", *["never"] * (HUNG // PLACES)]
        await processes.furnish(folder / "data", bot_urls=[f"http://127.0.0.1:{bot.port}/{path}" for path in paths])
        server = await stack.enter_async_context(processes.server(folder / "data"))
        slow = await window(
            server, [processes.widget_door(server, number=2)], at_once=AT_ONCE, turns=AT_ONCE * (4 if quick else 16)
        )
        lively = processes.widget_door(server, number=1)
        hanging = [processes.widget_door(server, number=3 + one) for one in range(HUNG // PLACES)]
        alone: list[Window] = []
        beside: list[Window] = []
        for _ in range(2 if quick else ROUNDS):
            alone.append(await window(server, [lively], at_once=16, turns=800))
            hung = await _hang(hanging)
            beside.append(await window(server, [lively], at_once=16, turns=800))
            for one in hung:
                one.close()
            await asyncio.sleep(HANGS_S)
    more = median(b.p99_ms / a.p99_ms for a, b in zip(alone, beside, strict=True))
    targets = {
        f"at least {LEAST_RATE} turns/s with a bot that takes {BOT_S:.0f} s ({slow.rate:.1f})": slow.rate >= LEAST_RATE,
        f"p99 beside {HUNG} hung conversations at most {MOST_MORE} × alone ({more:.2f})": more <= MOST_MORE,
    }
    rows = (
        cells(f"{AT_ONCE} with the slow bot", slow),
        cells("16 with a lively bot", typical(alone)),
        cells(f"16, beside {HUNG} hung", typical(beside)),
    )
    return Result(name="slow_bot", columns=COLUMNS, rows=rows, targets=targets, how=HOW)


#: A hung call ends with its deadline of 20 s; then its lane is free for the next window without any.
HANGS_S = 21.0


async def _hang(doors: list[Door]) -> list[Contact]:
    """Return contacts who wait for bots that never answer."""
    groups = await asyncio.gather(*(crowd(door, count=PLACES, talk=False) for door in doors))
    hung = [one for several in groups for one in several]
    for one in hung:
        one.ask_to_open()
    await asyncio.sleep(1)
    return hung
