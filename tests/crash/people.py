"""People and a bot who go on talking while the server between them dies, each keeping a journal."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.kit.contact import Contact
from tests.kit.making import WIDGET

#: How long an answer may take, with the server killed and started in between.
ANSWER_S = 25.0
#: A socket takes 20 commands in 10 seconds; a person who thinks before each gets through a life of the server with them.
THINKS_S = 0.05
#: How long the bot takes for a message that asks it to be slow; the patience line comes before.
SLOW_S = 2.5


@dataclass
class Person:
    """One browser: says one thing after another, again where no acknowledgement came, and waits for each answer."""

    name: str
    #: What this person said, by the browser's own id, in order.
    said: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    slow: bool = False
    thinks_s: float = THINKS_S
    _token: str | None = None
    _epoch: str | None = None
    _conversation: str | None = None
    _pending: str | None = None

    async def talk(self, port: int, *, until: asyncio.Event) -> None:
        """Go on talking, through any number of servers."""
        while self._pending is not None or not until.is_set():
            try:
                await self._visit(port, until=until)
            except (OSError, WebSocketException):
                await asyncio.sleep(0.05)

    async def _visit(self, port: int, *, until: asyncio.Event) -> None:
        url = f"ws://127.0.0.1:{port}/widget/socket?key={WIDGET.key}"
        async with connect(url, origin="https://shop.example", compression=None, proxy=None) as socket:  # type: ignore[arg-type]
            contact = Contact(socket, entries=self.entries, conversation=self._conversation, epoch=self._epoch)
            try:
                await self._greet(contact)
                while self._pending is not None or not until.is_set():
                    await self._turn(contact)
            finally:
                self.entries, self._conversation = contact.entries, contact.conversation

    async def _greet(self, contact: Contact) -> None:
        after = self.entries[-1]["seq"] if self.entries else 0
        known = {"conversation": self._conversation, "after": after} if self._conversation else {}
        await contact.hello(**known, **({"token": self._token} if self._token else {}))
        self._token, self._epoch = contact.token, contact.epoch

    async def _turn(self, contact: Contact) -> None:
        """Say something and wait for the answer to it."""
        if self._pending is None:
            self._pending = f"{'slow' if self.slow else 'quick'}.{self.name}.{len(self.said)}"
            self.said.append(self._pending)
        message_id = self._pending
        answer = await contact.say(message_id, message_id=message_id)
        assert answer["type"] == "ack", answer
        self.acknowledged[message_id] = answer["seq"]
        await contact.sees("message", body=f"re: {message_id}", within=ANSWER_S)
        self._pending = None
        await asyncio.sleep(self.thinks_s)


@dataclass
class Echo:
    """A bot that answers `re: …`. `bodies` holds every body that came, by the event's id, in order of arrival."""

    url: str = ""
    bodies: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    #: When each call came, on the monotonic clock.
    came: list[float] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.came.append(time.monotonic())
        self.bodies[request.headers["webhook-id"]].append(body)
        packet = json.loads(body)["packet"]
        if packet["name"] != "message":
            return web.json_response([])
        said = packet["payload"]["body"]
        if said.startswith("slow"):
            await asyncio.sleep(SLOW_S)
        return web.json_response([{"packet": {"name": "message", "payload": {"body": f"re: {said}"}}}])


@asynccontextmanager
async def echo() -> AsyncIterator[Echo]:
    """Run the bot on a free port of this machine."""
    bot = Echo()
    application = web.Application()
    application.router.add_post("/", bot.receive)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield bot
    finally:
        await runner.cleanup()
