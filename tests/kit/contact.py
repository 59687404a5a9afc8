"""A contact's browser at the other end of a real WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from frontdesk.core.people import Widget
from tests.kit.server import Running

PAGE = {"url": "https://shop.example/tea", "title": "Tea"}
_numbers = count(1)


@dataclass
class Contact:
    """One tab. `entries` is what it shows, `frames` all that came and was not asked for."""

    socket: ClientConnection
    entries: list[dict[str, Any]] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    conversation: str | None = None
    token: str | None = None
    epoch: str | None = None
    welcome: dict[str, Any] = field(default_factory=dict)

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def next(self, *, within: float = 10.0) -> dict[str, Any]:
        """Return the next frame, and take in what it tells."""
        async with asyncio.timeout(within):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        self._take_in(frame)
        return frame

    async def until(self, kind: str, *, within: float = 10.0, **fields: Any) -> dict[str, Any]:
        """Return the next frame of this kind with these fields."""
        async with asyncio.timeout(within):
            while True:
                frame = await self.next(within=within)
                if frame["type"] == kind and fields.items() <= frame.items():
                    return frame

    async def sees(self, kind: str, *, within: float = 10.0, **fields: Any) -> dict[str, Any]:
        """Return the first entry of this kind with these fields, waiting for it where it is not there yet."""
        async with asyncio.timeout(within):
            while True:
                for entry in self.entries:
                    if entry["kind"] == kind and fields.items() <= entry.items():
                        return entry
                await self.next(within=within)

    async def hello(self, **fields: Any) -> dict[str, Any]:
        whose = {"epoch": self.epoch} if "conversation" in fields else {}
        await self.send("hello", **{"page": PAGE, **whose, **fields})
        return await self.until("welcome")

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a command; return its ack or refusal."""
        message_id = fields.pop("message_id", None) or f"m-{next(_numbers)}"
        await self.send(kind, message_id=message_id, **fields)
        async with asyncio.timeout(10):
            while True:
                frame = await self.next()
                if frame["type"] in {"ack", "refused"} and frame.get("message_id") == message_id:
                    return frame

    async def say(self, body: str, **fields: Any) -> dict[str, Any]:
        return await self.ask("say", body=body, **fields)

    def _take_in(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome":
            self.welcome = frame
            self.token, self.epoch = frame["token"], frame["epoch"]
            self.conversation = (frame.get("conversation") or {}).get("id")
            kept = self.entries if frame.get("resumed") else []
            self.entries = [*kept, *frame.get("entries", [])]
        elif frame["type"] == "entries":
            if frame["conversation"] != self.conversation:
                self.conversation, self.entries = frame["conversation"], []
            self.entries.extend(frame["entries"])
        self.frames.append(frame)

    @property
    def seqs(self) -> list[int]:
        return [entry["seq"] for entry in self.entries]


@asynccontextmanager
async def connected(
    server: Running, widget: Widget, *, origin: str | None = "https://shop.example"
) -> AsyncIterator[Contact]:
    """Open a socket and say nothing yet."""
    async with connect(server.socket_url(widget), origin=origin, compression=None, proxy=None) as socket:  # type: ignore[arg-type]
        yield Contact(socket=socket, epoch=server.store.epoch)


@asynccontextmanager
async def visiting(server: Running, widget: Widget, **hello: Any) -> AsyncIterator[Contact]:
    """Open a socket and say hello."""
    async with connected(server, widget) as contact:
        await contact.hello(**hello)
        yield contact
