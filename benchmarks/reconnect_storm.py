"""The server was away, and everybody comes back at once."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks import processes
from benchmarks.people import Contact, Door, crowd
from benchmarks.results import Result
from benchmarks.windows import percentile

HOW = (
    "Contacts with a conversation each lose their sockets and connect again all at once, with their tokens; the time "
    "of each is from its handshake to its welcome."
)


async def run(folder: Path, *, quick: bool) -> Result:
    """Let all contacts connect again at once."""
    count = 200 if quick else 1_000
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(processes.bot())
        await processes.furnish(folder / "data", bot_urls=[f"http://127.0.0.1:{bot.port}/"])
        server = await stack.enter_async_context(processes.server(folder / "data"))
        door = processes.widget_door(server)
        contacts = await crowd(door, count=count)
        tokens = [one.token for one in contacts]
        for one in contacts:
            one.close()
        await asyncio.sleep(2)
        used, began = server.cpu(), time.perf_counter()
        back = await asyncio.gather(*(_back(door, token=token) for token in tokens))
        seconds, used = time.perf_counter() - began, server.cpu() - used
        for contact, _ in back:
            contact.close()
    took = sorted(one for _, one in back)
    row = (
        str(count),
        f"{used / count * 1e6:.0f}",
        f"{count / seconds:.0f}",
        f"{percentile(took, 50) * 1e3:.0f}",
        f"{percentile(took, 99) * 1e3:.0f}",
        f"{seconds:.2f}",
    )
    return Result(
        name="reconnect_storm",
        columns=("sockets", "CPU µs each", "sockets/s", "p50 ms", "p99 ms", "all back after s"),
        rows=(row,),
        how=HOW,
    )


async def _back(door: Door, *, token: str | None) -> tuple[Contact, float]:
    began = time.perf_counter()
    contact = await Contact.connected(door, token=token)
    return contact, time.perf_counter() - began
