"""The processes that a benchmark measures: a bot, the server, and the floor; each is ended with the block it is used in."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.people import Door
from frontdesk.actions.configure import AddBot, AddGroup, AddWidget
from frontdesk.core.ids import BotId, GroupId, Instant, WidgetId
from frontdesk.core.people import Bot, Widget
from frontdesk.store.sqlite import SqliteStore
from frontdesk.wire.webhook import WireScribe

_START_S = 60


class Random:
    """Random ids."""

    def hex(self) -> str:
        """Return 128 random bits."""
        return secrets.token_hex(16)


def now() -> Instant:
    """Return the time."""
    return Instant(time.time_ns() // 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A process that listens."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Return the processor seconds that its threads have used, to the nanosecond."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in threads) / 1e9

    def resident(self) -> int:
        """Return the bytes of memory that it holds."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024


@asynccontextmanager
async def process(*command: str, log: int | None = None, **environment: str) -> AsyncIterator[Running]:
    """Run a program that prints its port in its first line, alone or at the end of an address."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        env={**os.environ, **environment},
    )
    try:
        assert child.stdout is not None
        async with asyncio.timeout(_START_S):
            line = (await child.stdout.readline()).decode()
        found = re.search(r"(?:^|:)(\d+)\b(?!:)", line)
        assert found is not None, f"{command} did not start: {line!r}"
        yield Running(pid=child.pid, port=int(found[1]))
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


@asynccontextmanager
async def bot() -> AsyncIterator[Running]:
    """Run the bot."""
    async with process("-m", "benchmarks.bot") as running:
        yield running


@asynccontextmanager
async def floor(folder: Path, *, bot_port: int) -> AsyncIterator[Running]:
    """Run the floor."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 -- nothing else runs yet
    async with process("-m", "benchmarks.floor", str(folder), f"http://127.0.0.1:{bot_port}/") as running:
        yield running


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Running]:
    """Run `frontdesk serve` on a furnished folder."""
    settings = {"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", "FRONTDESK_LOG_FORMAT": "json"}
    command = ("-m", "frontdesk", "serve", "--port", "0")
    # What the log costs is part of the measure; where it goes is not.
    async with process(*command, log=asyncio.subprocess.DEVNULL, FRONTDESK_DATA=str(folder), **settings) as running:
        yield running


async def furnish(folder: Path, *, bot_urls: Iterable[str]) -> None:
    """Make a data folder with a widget `wk_bench_<n>` for each bot, n from 1; only that bot answers in it."""
    store = await SqliteStore.open(folder, now=now, fresh=Random(), scribe=WireScribe())
    try:
        for number, url in enumerate(bot_urls, start=1):
            await store.ledger.run(AddGroup(name=f"Group {number}"))
            groups = (GroupId(number),)
            widget = Widget(
                id=WidgetId(0), key=f"wk_bench_{number}", name="Shop", domains=("shop.example",), groups=groups
            )
            await store.ledger.run(AddWidget(widget=widget))
            bot = Bot(id=BotId(0), public_id="", first_name="Robo", groups=groups, webhook_url=url)
            await store.ledger.run(AddBot(bot=bot))
    finally:
        await store.close()


def widget_door(running: Running, *, number: int = 1) -> Door:
    """Return where contacts of a furnished widget go in."""
    return Door(port=running.port, path=f"/widget/socket?key=wk_bench_{number}", greets=True)


def floor_door(running: Running) -> Door:
    """Return where contacts of the floor go in."""
    return Door(port=running.port, path="/contact", greets=False)
