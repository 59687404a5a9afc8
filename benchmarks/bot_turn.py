"""A bot turn beside the floor: a contact writes, the bot answers, with 1, 32 and 256 conversations at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from benchmarks import processes
from benchmarks.people import Door
from benchmarks.processes import Running
from benchmarks.results import Result
from benchmarks.windows import COLUMNS, Window, cells, typical, window

CROWDS = (1, 32, 256)
#: At most 50 calls to one bot are under way at once, so a larger crowd has several bots, and the same webhook.
FOR_ONE_BOT = 32
#: How often the server and the floor take turns.
ROUNDS = 7
MOST_CPU = 1.6
MOST_P99 = 3.0

HOW = (
    "The server and the floor run side by side and take turns, window by window; each figure is the median of the "
    "windows, and each ratio the median of the ratios of neighbours. CPU is of the server's process, all threads. "
    "The bot is another process, the contacts are a third."
)


async def run(folder: Path, *, quick: bool) -> Result:
    """Measure each crowd in turn."""
    rows: list[tuple[str, ...]] = []
    targets: dict[str, bool] = {}
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(processes.bot())
        url = f"http://127.0.0.1:{bot.port}/"
        await processes.furnish(folder / "data", bot_urls=[url] * (max(CROWDS) // FOR_ONE_BOT))
        server = await stack.enter_async_context(processes.server(folder / "data"))
        floor = await stack.enter_async_context(processes.floor(folder / "floor", bot_port=bot.port))
        for crowd in CROWDS:
            doors = [processes.widget_door(server, number=1 + one) for one in range(max(1, crowd // FOR_ONE_BOT))]
            ours, theirs = await _side_by_side(
                (server, doors), (floor, [processes.floor_door(floor)]), crowd=crowd, quick=quick
            )
            cpu = median(a.cpu_us / b.cpu_us for a, b in zip(ours, theirs, strict=True))
            p99 = median(a.p99_ms / b.p99_ms for a, b in zip(ours, theirs, strict=True))
            rows.append((*cells(f"{crowd}: server", typical(ours)), f"{cpu:.2f}", f"{p99:.2f}"))
            rows.append((*cells(f"{crowd}: floor", typical(theirs)), "1", "1"))
            if crowd > 1:
                targets[f"CPU at {crowd} at most {MOST_CPU} × the floor's ({cpu:.2f})"] = cpu <= MOST_CPU
                targets[f"p99 at {crowd} at most {MOST_P99:.0f} × the floor's ({p99:.2f})"] = p99 <= MOST_P99
    columns = (*COLUMNS, "CPU × floor", "p99 × floor")
    return Result(name="bot_turn", columns=columns, rows=tuple(rows), targets=targets, how=HOW)


async def _side_by_side(
    ours: tuple[Running, Sequence[Door]], theirs: tuple[Running, Sequence[Door]], *, crowd: int, quick: bool
) -> tuple[list[Window], list[Window]]:
    turns = 320 if crowd == 1 or quick else max(1_500, crowd * 16)
    rounds = 2 if quick else ROUNDS
    found: tuple[list[Window], list[Window]] = ([], [])
    for _ in range(rounds):
        for (running, doors), windows in zip((theirs, ours), reversed(found), strict=True):
            windows.append(await window(running, doors, at_once=crowd, turns=turns))
    return found
