"""Contacts of a benchmark: raw WebSockets, so that the load costs little next to what is measured."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from benchmarks.bot import MARK

_SECONDS = 60
_TOKEN = re.compile(rb'"token":"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where contacts go in: port and path of the socket, and whether it wants a hello and an opened panel first."""

    port: int
    path: str
    greets: bool


class Socket(asyncio.Protocol):
    """One WebSocket. `heard` is called with each frame's payload."""

    def __init__(self, heard: Callable[[bytes], None], *, request: bytes) -> None:
        self._heard = heard
        self._request = request
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self.upgraded: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Hand on every frame that is there whole."""
        self._received += data
        if not self.upgraded.done():
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._received.startswith(b"HTTP/1.1 101"):
                self.upgraded.set_exception(ConnectionError(self._received[:200].decode()))
                return
            self.upgraded.set_result(None)
            del self._received[: end + 4]
        while (size := self._frame()) is not None:
            start, end = size
            payload, text = bytes(self._received[start:end]), self._received[0] & 0x0F == 1
            del self._received[:end]
            if text:
                self._heard(payload)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail whoever still waits for the upgrade."""
        if not self.upgraded.done():
            self.upgraded.set_exception(exc or ConnectionError("closed before the upgrade"))

    def send(self, payload: bytes) -> None:
        """Send a text frame; the mask is zero, which is a mask like any other and costs nothing."""
        size = len(payload)
        head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
        assert self._transport is not None
        self._transport.write(head + b"\0\0\0\0" + payload)

    def close(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _frame(self) -> tuple[int, int] | None:
        """Return where the payload of the first frame starts and ends, or None where it is not there whole."""
        received = self._received
        if len(received) < 2:
            return None
        start, size = 2, received[1] & 0x7F
        if size == 126:
            start, size = 4, int.from_bytes(received[2:4], "big")
        elif size == 127:
            start, size = 10, int.from_bytes(received[2:10], "big")
        return (start, start + size) if len(received) >= start + size else None


class Contact:
    """One contact: says something and waits for the bot's answer."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.token: str | None = None
        self._answered: asyncio.Future[None] | None = None
        self._greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def connected(cls, door: Door, *, token: str | None = None) -> Contact:
        """Return a contact whom the server has greeted."""
        contact: Contact | None = None

        def heard(frame: bytes) -> None:
            assert contact is not None
            contact.hear(frame)

        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(lambda: Socket(heard, request=_upgrade(door)), "127.0.0.1", door.port)
        contact = cls(socket)
        async with asyncio.timeout(_SECONDS):
            await socket.upgraded
            if door.greets:
                hello = {"type": "hello", "token": token, "page": {"url": "https://shop.example/basket"}}
                socket.send(msgspec.json.encode(hello))
                await contact._greeted
        return contact

    def hear(self, frame: bytes) -> None:
        """Take a frame."""
        if b'"type":"welcome"' in frame:
            found = _TOKEN.search(frame)
            self.token = found[1].decode() if found else None
            if not self._greeted.done():
                self._greeted.set_result(None)
        elif MARK in frame and self._answered is not None and not self._answered.done():
            self._answered.set_result(None)

    async def open(self) -> None:
        """Open the panel and wait for the bot's first words."""
        await self._turn({"type": "open", "message_id": secrets.token_hex(8)})

    def ask_to_open(self) -> None:
        """Open the panel and wait for nothing."""
        self.socket.send(msgspec.json.encode({"type": "open", "message_id": secrets.token_hex(8)}))

    async def say(self) -> float:
        """Say something; return the seconds until the bot's answer was here."""
        began = time.perf_counter()
        await self._turn({"type": "say", "message_id": secrets.token_hex(8), "body": "Where is my order 10249?"})
        return time.perf_counter() - began

    def close(self) -> None:
        """Go."""
        self.socket.close()

    async def _turn(self, frame: dict[str, Any]) -> None:
        self._answered = asyncio.get_running_loop().create_future()
        self.socket.send(msgspec.json.encode(frame))
        async with asyncio.timeout(_SECONDS):
            await self._answered


async def crowd(door: Door, *, count: int, talk: bool = True, at_once: int = 64) -> list[Contact]:
    """Return so many contacts; with `talk`, each has heard the bot's first words."""
    room = asyncio.Semaphore(at_once)

    async def one() -> Contact:
        async with room:
            contact = await Contact.connected(door)
            if talk and door.greets:
                await contact.open()
            return contact

    return list(await asyncio.gather(*(one() for _ in range(count))))


def _upgrade(door: Door) -> bytes:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    return (
        f"GET {door.path} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nOrigin: https://shop.example\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
