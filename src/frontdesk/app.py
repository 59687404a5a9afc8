"""Builds the server: the only place that knows all rooms."""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from frontdesk.actions.ports import Broom, Ledger, Reader
from frontdesk.connections import LOOPBACK, Doorman
from frontdesk.control.office import Backups, OwnOffice
from frontdesk.control.server import ControlServer
from frontdesk.core.bot_events import BotEvent
from frontdesk.core.change import Change
from frontdesk.core.delivery import Failed
from frontdesk.core.ids import Cid, Instant
from frontdesk.delivery.client import Client
from frontdesk.delivery.guard import Guard
from frontdesk.delivery.lanes import Lanes
from frontdesk.delivery.lanes import Outside as LaneOutside
from frontdesk.delivery.media import Media
from frontdesk.delivery.post import Poster
from frontdesk.http.asgi import Asgi, Receive, Scope, Send
from frontdesk.http.assets import load_assets
from frontdesk.http.bots import BotCalls
from frontdesk.http.caller import Callers, Failures
from frontdesk.http.health import Health, MetricsDoor, Readiness
from frontdesk.http.site import Shop, Site, application
from frontdesk.listening import Listening
from frontdesk.live.handshake import TurnedDown, turn_down
from frontdesk.live.hub import Hub
from frontdesk.live.recognition import Recognition
from frontdesk.live.relay import Relay, Wire
from frontdesk.live.socket import Patience, WidgetSockets
from frontdesk.settings import Settings
from frontdesk.steady import SteadyClock, wall_ms
from frontdesk.store.postgres import PostgresBackups, PostgresStore
from frontdesk.store.sqlite import SqliteBackups, SqliteStore
from frontdesk.timers.due import Timers
from frontdesk.trial import WebhookTrials
from frontdesk.watch import CIRCUITS, Gauges, Watch
from frontdesk.wire.events import read_answer
from frontdesk.wire.webhook import WireScribe

SOCKET_PATH = "/widget/socket"


class SubscribableLedger(Ledger, Protocol):
    """A ledger that tells of its commits."""

    def subscribe(self, callback: Callable[[Change], None]) -> None:
        """Call `callback` after each commit."""
        ...

    def observe(self, callback: Callable[[int, float], None]) -> None:
        """Call `callback` with the commands in it and its seconds after each transaction."""
        ...

    @property
    def waiting(self) -> int:
        """How many commands wait."""
        ...

    @property
    def shed(self) -> int:
        """How many found no room to wait."""
        ...


class Store(Protocol):
    """An opened store."""

    @property
    def epoch(self) -> str:
        """Whose log this is; another one where a backup was restored."""
        ...

    @property
    def holder(self) -> str:
        """This process, among those that share the store."""
        ...

    @property
    def wire(self) -> Wire:
        """The way to other processes."""
        ...

    @property
    def ledger(self) -> SubscribableLedger:
        """The way in."""
        ...

    @property
    def reader(self) -> Reader:
        """The way out."""
        ...

    @property
    def broom(self) -> Broom:
        """Removes what is past its time."""
        ...

    async def probe(self) -> None:
        """Write something. Raises StoreUnavailable where nothing can be saved."""
        ...

    async def close(self) -> None:
        """Save what waits, and let go."""
        ...


class Entropy:
    """Random values from the system."""

    def hex(self) -> str:
        """Return 128 random bits as 32 hex digits."""
        return secrets.token_hex(16)


def wall_clock() -> Instant:
    """Return the time."""
    return Instant(wall_ms())


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a test or the process that starts this one may replace."""

    now: Callable[[], Instant] = field(default_factory=SteadyClock)
    #: What signatures say.
    wall: Callable[[], Instant] = wall_clock
    shop: Shop | None = None
    patience: Patience = Patience()
    #: Networks whose connections are not counted.
    spared: tuple[str, ...] = LOOPBACK
    #: A socket that listens already, in place of the settings' host and port.
    bound: socket.socket | None = None


async def open_store(settings: Settings, *, now: Callable[[], Instant] = wall_clock) -> Store:
    """Open the database that the settings name, or the store in the data folder. Raises CannotOpen."""
    if settings.database_url is not None:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return await PostgresStore.open(settings.database_url, now=now, fresh=Entropy(), scribe=WireScribe())
    return await SqliteStore.open(settings.data, now=now, fresh=Entropy(), scribe=WireScribe())


def backups_of(settings: Settings) -> Backups:
    """Return who copies the store."""
    return SqliteBackups(settings.data) if settings.database_url is None else PostgresBackups()


class App:
    """The server: everything between `start` and `stop`."""

    def __init__(self, settings: Settings, store: Store, *, surroundings: Surroundings) -> None:
        self.settings = settings
        self.store = store
        now = surroundings.now
        self.hub = Hub(store.reader)
        self._relay = Relay(self.hub, store.reader, wire=store.wire, sender=store.holder)
        self._client = Client(Guard(allowed=settings.allowed_private))
        poster = Poster(self._client, now=now, wall=surroundings.wall, fresh_id=Entropy().hex)
        outside = LaneOutside(now=now, chance=random.SystemRandom().random, holder=store.holder)
        self._lanes = Lanes(
            store.ledger, store.reader, posts=poster, decode=_decode, signals=self._relay, outside=outside
        )
        self._timers = Timers(store.ledger, store.reader, broom=store.broom, now=now)
        self._media = Media(self._client, settings.data / "media", now=now)
        trials = WebhookTrials(poster, now=now)
        backups = backups_of(settings)
        self.office = OwnOffice(ledger=store.ledger, reader=store.reader, trials=trials, backups=backups)
        self._control = ControlServer(office=self.office, path=settings.control_path)
        self._callers = Callers(trusted_proxies=settings.trusted_proxies)
        self._doorman = Doorman(
            limit=settings.sockets_per_address, spared=(*surroundings.spared, *settings.trusted_proxies)
        )
        self._sockets = self._widget_sockets(surroundings)
        self._failures = Failures(clock=time.monotonic)
        self._watch = self._made_watch(now)
        front = _front(
            site=self._site(surroundings), sockets=self._sockets, doorman=self._doorman, callers=self._callers
        )
        self._listening = Listening(
            front, host=settings.host, port=settings.port, doorman=self._doorman, bound=surroundings.bound
        )
        self._running: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()
        self._stack.push_async_callback(store.close)

    @property
    def url(self) -> str:
        """The address that browsers and bots use; with port 0, known once started."""
        return self.settings.url_at(self._listening.port)

    async def start(self) -> None:
        """Begin to serve. Raises CannotListen; then nothing runs, and the store is closed."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise

    async def _start(self) -> None:
        stack = self._stack
        await stack.enter_async_context(self._client)
        stack.push_async_callback(self._media.stop)
        # The hub hears of a commit before the lanes do, so that a contact sees her message before the answer.
        self.store.ledger.subscribe(self.hub.committed)
        self.store.ledger.subscribe(self._relay.committed)
        self.store.ledger.subscribe(self._lanes.committed)
        self.store.ledger.subscribe(self._watch.committed)
        self.store.ledger.observe(self._watch.grouped)
        stack.push_async_callback(self.hub.stop)
        stack.push_async_callback(self._relay.stop)
        stack.push_async_callback(self._stop_serving)
        # Before anybody can claim a lane anew: a head that was just claimed must not count as one of the dead.
        await self._lanes.recover()
        await self._listening.start()
        if self.settings.database_url is None:
            # Where several processes may share the store, shell commands open it themselves.
            await self._control.start()
            stack.push_async_callback(self._control.stop)
        workers = (self._lanes, self._timers, self._relay, self._watch)
        self._running = [asyncio.create_task(one.run()) for one in workers]

    async def stop(self) -> None:
        """Take no more, finish what is under way, and let go of the store; a second call does nothing."""
        await self._stack.aclose()

    async def _stop_serving(self) -> None:
        """Let nobody in, send browsers away, finish calls under way, and give back what is left (guarantee X1)."""
        self._listening.refuse()
        self._timers.stop()
        await self._sockets.restart()
        # Each takes up to ten seconds; so both together do, too.
        await asyncio.gather(self._listening.stop(), self._lanes.stop())
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._lanes.release()

    def _widget_sockets(self, surroundings: Surroundings) -> WidgetSockets:
        store = self.store
        recognition = Recognition(ledger=store.ledger, reader=store.reader, now=surroundings.now)
        return WidgetSockets(
            ledger=store.ledger,
            reader=store.reader,
            hub=self.hub,
            recognition=recognition,
            own_url=lambda: self.url,
            epoch=store.epoch,
            patience=surroundings.patience,
        )

    def _made_watch(self, now: Callable[[], Instant]) -> Watch:
        def shed() -> dict[str, float]:
            closed = {f"socket_{code}": count for code, count in sorted(self._sockets.closed.items())}
            return {"store": self.store.ledger.shed, "connection": self._doorman.turned_away, **closed}

        gauges = Gauges(
            sockets=self.hub.listening,
            circuits=lambda: {
                str(bot.id): CIRCUITS[bot.circuit.state] for bot in self.store.reader.directory().bots.values()
            },
            calls=lambda: self._lanes.calls,
            commands=lambda: self.store.ledger.waiting,
            shed=shed,
        )
        return Watch(now=now, gauges=gauges)

    def _health(self, now: Callable[[], Instant]) -> Health:
        settings, store = self.settings, self.store
        door = MetricsDoor(
            token=settings.metrics_token,
            proxied=settings.public_url is not None,
            callers=self._callers,
            failures=self._failures,
        )
        readiness = Readiness(
            probe=store.probe,
            reader=store.reader,
            now=now,
            workers=lambda: not any(_broke(task) for task in self._running),
        )
        return Health(readiness=readiness, door=door, scrape=self._watch.scrape)

    def _site(self, surroundings: Surroundings) -> Asgi:
        store, settings = self.store, self.settings
        calls = BotCalls(
            ledger=store.ledger,
            reader=store.reader,
            signals=self._relay,
            callers=self._callers,
            failures=self._failures,
            now=surroundings.now,
            fresh_id=Entropy().hex,
        )
        return application(
            Site(
                bot_calls=calls,
                reader=store.reader,
                media=self._media,
                assets=load_assets(web_folder()),
                health=self._health(surroundings.now),
                shop=surroundings.shop,
                https=settings.url.startswith("https:"),
            )
        )


async def build(settings: Settings, *, surroundings: Surroundings | None = None, store: Store | None = None) -> App:
    """Return the server, not yet started; it owns the store from now on. Raises CannotOpen."""
    around = surroundings or Surroundings()
    return App(settings, store or await open_store(settings, now=around.now), surroundings=around)


def web_folder() -> Path:
    """Return the folder of the built web parts: in an installed package, or in a checkout."""
    return packaged("web", checkout="web/dist")


def packaged(name: str, *, checkout: str) -> Path:
    """Return a folder that is part of the package, or lies elsewhere in a checkout."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.is_dir() else package.parent.parent / checkout


def _broke(task: asyncio.Task[None]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _decode(body: bytes, content_type: str, cid: Cid) -> tuple[tuple[BotEvent, ...], tuple[str, ...]] | Failed:
    # What a bot calls its answer does not matter; whether it is JSON does.
    del content_type
    asked = read_answer(body, cid=cid)
    return asked if isinstance(asked, Failed) else (asked.events, asked.ignored)


def _front(*, site: Asgi, sockets: Asgi, doorman: Doorman, callers: Callers) -> Asgi:
    """Return what the server calls: sockets to their room, requests to theirs."""

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await site(scope, receive, send)
        elif scope["path"] == SOCKET_PATH:
            await counted(scope, receive, send)
        else:
            await receive()
            await turn_down(TurnedDown(status=404, detail="There is no socket at this address."), send=send)

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        address = callers.address(scope)
        if doorman.spares(address) or address == scope["client"][0]:
            # Whoever is connected directly was counted at the door.
            await sockets(scope, receive, send)
        elif doorman.enter(address):
            try:
                await sockets(scope, receive, send)
            finally:
                doorman.leave(address)
        else:
            await receive()
            await turn_down(TurnedDown(status=429, detail="This address has too many sockets open."), send=send)

    return front
