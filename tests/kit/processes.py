"""Several real server processes on one PostgreSQL, each at a port of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from frontdesk.actions.configure import AddBot, AddGroup, AddWidget, NewBot
from frontdesk.app import Entropy, wall_clock
from frontdesk.core.ids import BotId
from frontdesk.core.people import Bot, Widget
from frontdesk.store.postgres import PostgresStore
from frontdesk.wire.webhook import WireScribe
from tests.crash.harness import free_port
from tests.kit.making import WIDGET

ROOT = Path(__file__).resolve().parents[2]
READY_S = 30.0


@dataclass
class Server:
    """One `frontdesk serve`."""

    port: int
    process: asyncio.subprocess.Process

    def socket_url(self, widget: Widget) -> str:
        return f"ws://127.0.0.1:{self.port}/widget/socket?key={widget.key}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """Kill it now."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def end(self) -> None:
        """Ask it to end, and wait until it did."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        try:
            async with asyncio.timeout(25):
                await self.process.wait()
        except TimeoutError:
            await self.kill()


@dataclass
class Installation:
    """A database, a store on it that belongs to the test, and the servers that run."""

    url: str
    folder: Path
    store: PostgresStore
    stack: AsyncExitStack
    widget: Widget = WIDGET
    servers: list[Server] = field(default_factory=list)

    async def serve(self, *arguments: str, **environment: str) -> Server:
        """Start one more server."""
        port = free_port()
        variables = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
        variables |= {
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "FRONTDESK_DATA": str(self.folder),
            "FRONTDESK_DATABASE_URL": self.url,
            "FRONTDESK_PORT": str(port),
            "FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1",
            **environment,
        }
        command = [sys.executable, "-m", "frontdesk", "serve", *arguments]
        with (self.folder / f"log.{port}").open("wb") as log:
            process = await asyncio.create_subprocess_exec(*command, env=variables, cwd=ROOT, stdout=log, stderr=log)
        server = Server(port=port, process=process)
        self.stack.push_async_callback(server.end)
        self.servers.append(server)
        await self._ready(server)
        return server

    async def _ready(self, server: Server) -> None:
        async with asyncio.timeout(READY_S):
            while server.process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return
        raise AssertionError(self.logs())

    def logs(self) -> str:
        """Return what all servers logged."""
        return "".join(one.read_text() for one in sorted(self.folder.glob("log.*")))

    async def bot(self, url: str, **settings: object) -> NewBot:
        """Add the widget, a group and a bot that is reached at `url`."""
        group = await self.store.ledger.run(AddGroup(name="Support"))
        wanted = Widget(id=WIDGET.id, key=WIDGET.key, name="Shop", domains=WIDGET.domains, groups=(group.id,))
        self.widget = await self.store.ledger.run(AddWidget(widget=wanted))
        bot = Bot(id=BotId(0), public_id="", first_name="Robo", webhook_url=url, groups=(group.id,), **settings)  # type: ignore[arg-type]
        return await self.store.ledger.run(AddBot(bot=bot))


@asynccontextmanager
async def installation(url: str, folder: Path) -> AsyncIterator[Installation]:
    """Open the database; at the end stop all servers."""
    async with AsyncExitStack() as stack:
        store = await PostgresStore.open(url, now=wall_clock, fresh=Entropy(), scribe=WireScribe())
        stack.push_async_callback(store.close)
        yield Installation(url=url, folder=folder, store=store, stack=stack)
