"""What a socket costs that is open and silent."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks import processes
from benchmarks.people import crowd
from benchmarks.results import Result

MOST_KIB = 30
#: Opened and closed again before, so that what the process keeps for good is not counted.
WARM_UP = 200

HOW = "Resident memory of the server before and after so many contacts have said hello; each has its own socket."


async def run(folder: Path, *, quick: bool) -> Result:
    """Open sockets and look at the server's memory."""
    count = 500 if quick else 5_000
    async with AsyncExitStack() as stack:
        await processes.furnish(folder / "data", bot_urls=["http://127.0.0.1:4242/"])
        server = await stack.enter_async_context(processes.server(folder / "data"))
        door = processes.widget_door(server)
        for one in await crowd(door, count=WARM_UP, talk=False):
            one.close()
        await asyncio.sleep(2)
        before = server.resident()
        contacts = await crowd(door, count=count, talk=False)
        await asyncio.sleep(3)
        used = server.cpu()
        await asyncio.sleep(5)
        busy = (server.cpu() - used) / 5
        each = (server.resident() - before) / count / 1024
        for one in contacts:
            one.close()
    return Result(
        name="idle_sockets",
        columns=("sockets", "KiB each", "CPU while idle"),
        rows=((str(count), f"{each:.1f}", f"{busy:.2%}"),),
        targets={f"at most {MOST_KIB} KiB a socket ({each:.1f})": each <= MOST_KIB},
        how=HOW,
    )
