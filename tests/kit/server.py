"""A real server in this process, on a free port, with scripted bots beside it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from frontdesk.actions.configure import AddBot, AddGroup, AddWidget, NewBot
from frontdesk.actions.ports import StoreUnavailable
from frontdesk.app import App, Store, Surroundings, build, wall_clock
from frontdesk.connections import LOOPBACK
from frontdesk.core.ids import BotId, GroupId, Instant, WidgetId
from frontdesk.core.people import Bot, Widget
from frontdesk.live.socket import Patience
from frontdesk.settings import Settings

Handler = Callable[[dict[str, Any]], Any]


@dataclass
class Clock:
    """The wall clock, which a test may set forward."""

    ahead_ms: int = 0

    def __call__(self) -> Instant:
        return Instant(wall_clock() + self.ahead_ms)

    def forward(self, *, seconds: float) -> None:
        self.ahead_ms += int(seconds * 1000)


@dataclass
class BotServer:
    """A bot's webhook. `calls` are the documents that came; `answer` says what each gets."""

    url: str
    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    #: Returns the events to answer with, or a whole response. May be a coroutine function.
    answer: Callable[[dict[str, Any]], Any] = lambda _: []
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        call = await request.json()
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        async with self.came:
            self.calls.append(call)
            self.came.notify_all()
        answer = self.answer(call)
        if isinstance(answer, Awaitable):
            answer = await answer
        return answer if isinstance(answer, web.StreamResponse) else web.json_response(answer)

    async def called(self, times: int, *, within: float = 10.0) -> list[dict[str, Any]]:
        """Wait until the webhook was called so often; return the calls."""
        async with asyncio.timeout(within), self.came:
            await self.came.wait_for(lambda: len(self.calls) >= times)
        return self.calls


@asynccontextmanager
async def bot_server(answer: Handler | None = None) -> AsyncIterator[BotServer]:
    """Run a webhook on a free port of this machine."""
    application = web.Application()
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    bot = BotServer(url="")
    if answer is not None:
        bot.answer = answer
    application.router.add_post("/", bot.receive)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield bot
    finally:
        await runner.cleanup()


@dataclass
class Running:
    """A server that runs."""

    app: App
    clock: Clock

    @property
    def url(self) -> str:
        return self.app.url

    @property
    def store(self) -> Store:
        return self.app.store

    def socket_url(self, widget: Widget) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/widget/socket?key={widget.key}"

    def api_url(self, bot: Bot) -> str:
        return f"{self.url}/api/v1/bots/{bot.public_id}/events"

    async def logged(self, count: int, *, within: float = 10.0) -> None:
        """Wait until the delivery log has so many records."""
        more = asyncio.Event()
        self.store.ledger.subscribe(lambda _: more.set())
        async with asyncio.timeout(within):
            while len(await self.store.reader.attempts()) < count:
                await more.wait()
                more.clear()

    async def group(self, name: str = "Support") -> GroupId:
        return (await self.store.ledger.run(AddGroup(name=name))).id

    async def widget(self, **settings: Any) -> Widget:
        """Add a widget that the server's own pages and shop.example may use."""
        wanted = {"name": "Shop", "key": "", "domains": ("shop.example",), **settings}
        return await self.store.ledger.run(AddWidget(widget=Widget(id=WidgetId(0), **wanted)))

    async def bot(self, url: str, *, groups: tuple[GroupId, ...] = (), **settings: Any) -> NewBot:
        """Add a bot that is reached at `url`."""
        wanted = {"first_name": "Robo", "public_id": "", **settings}
        bot = Bot(id=BotId(0), webhook_url=url, groups=groups, **wanted)
        return await self.store.ledger.run(AddBot(bot=bot))

    async def shop(self, bot: BotServer, **settings: Any) -> tuple[Widget, NewBot]:
        """Add a group, a widget and a bot that belong together."""
        group = await self.group()
        return await self.widget(groups=(group,)), await self.bot(bot.url, groups=(group,), **settings)


@asynccontextmanager
async def running_server(
    folder: Path,
    *,
    patience: Patience | None = None,
    store: Store | None = None,
    spared: tuple[str, ...] = LOOPBACK,
    now: Callable[[], Instant] | None = None,
    wall: Callable[[], Instant] | None = None,
    **settings: Any,
) -> AsyncIterator[Running]:
    """Run the server on a free port of this machine, with its data in `folder`."""
    # Standard output belongs to the commands that a test may call beside the server.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr), cache_logger_on_first_use=False)
    clock = Clock()
    given = Settings(**{"port": 0, "data": folder, "allowed_private": ("127.0.0.1",), **settings})
    around = Surroundings(now=now or clock, wall=wall or clock, patience=patience or Patience(), spared=spared)
    app = await build(given, surroundings=around, store=store)
    await app.start()
    try:
        yield Running(app=app, clock=clock)
    finally:
        await app.stop()


class Failing:
    """A store whose disk is full from the moment `broken` is set."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.holder = inner.holder
        self.wire = inner.wire
        self.reader = inner.reader
        self.broom = inner.broom
        self.epoch = inner.epoch
        self.broken = False

    @property
    def ledger(self) -> Failing:
        return self

    def subscribe(self, callback: Any) -> None:
        self.inner.ledger.subscribe(callback)

    def observe(self, callback: Any) -> None:
        self.inner.ledger.observe(callback)

    @property
    def waiting(self) -> int:
        return self.inner.ledger.waiting

    @property
    def shed(self) -> int:
        return self.inner.ledger.shed

    async def probe(self) -> None:
        if self.broken:
            raise StoreUnavailable("the disk is full")
        await self.inner.probe()

    async def run(self, command: Any) -> Any:
        if self.broken:
            raise StoreUnavailable("the disk is full")
        return await self.inner.ledger.run(command)

    async def close(self) -> None:
        await self.inner.close()


__all__ = ["BotServer", "Clock", "Failing", "Running", "bot_server", "replace", "running_server"]
