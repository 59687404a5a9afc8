"""A bot from hell: one raw socket server whose path says how it misbehaves, with a journal of what it saw.

`async with HostileBot() as bot:` then `bot.url("status-503")`; `bot.url("status-503,reset,ok")` behaves in another way
each time that an event comes again. A behaviour is an async function from a Visit to nothing, named in BEHAVIOURS.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import quote, unquote

OK_BODY = b'[{"packet": {"name": "message", "payload": {"body": "Hello from the bot."}}}]'
JSON = "application/json"
KIB = 1024
#: No behaviour lasts longer, whatever the caller does.
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it came over the wire."""

    path: str
    method: str
    headers: dict[str, str]
    body: bytes
    #: Every byte up to the end of the body.
    raw: bytes
    #: Seconds of the monotonic clock when the request was whole, and when the answer was over.
    begun: float
    ended: list[float] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Visit:
    """One connection that a behaviour answers, or does not."""

    bot: HostileBot
    seen: Seen
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(
        self, body: bytes = OK_BODY, *, status: int = 200, headers: tuple[str, ...] = (), kind: str = JSON
    ) -> None:
        await self.send(head(status, f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers) + body)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_closed(self) -> None:
        """Wait until the caller goes away."""
        while await self.reader.read(KIB):
            pass


Behaviour: TypeAlias = Callable[[Visit], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}


def head(status: int, *headers: str) -> bytes:
    """Return the first lines of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status} Whatever", *headers, "", ""]).encode("latin-1")


def behaviour(name: str) -> Callable[[Behaviour], Behaviour]:
    """Register a behaviour under the name that paths call it by."""

    def register(one: Behaviour) -> Behaviour:
        BEHAVIOURS[name] = one
        return one

    return register


class HostileBot:
    """The server. `answer` and `delay` (in seconds) say what the behaviour `ok` answers, and when."""

    def __init__(self) -> None:
        self.journal: list[Seen] = []
        #: Connections made, also those that never sent a request.
        self.connections = 0
        self.answer: Callable[[Seen], bytes] = lambda _: OK_BODY
        self.delay: Callable[[Seen], float] = lambda _: 0.0
        #: Behaviours of this bot alone, beside those that every bot has.
        self.behaviours: dict[str, Behaviour] = {}
        self._turns: dict[tuple[str, str], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, behaviours: str) -> str:
        """Return the address of a behaviour, or of several with commas between, one for each time an event comes."""
        return f"http://127.0.0.1:{self.port}/{quote(behaviours, safe=',')}"

    def seen(self, behaviours: str) -> list[Seen]:
        """Return the requests that came to this address."""
        return [one for one in self.journal if one.path == behaviours]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while await self._serve(reader, writer):
                    pass
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays."""
        begin = await reader.readuntil(b"\r\n\r\n")
        request, *lines = begin.decode("latin-1").split("\r\n")
        method, target, _ = request.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        path = unquote(target.lstrip("/").partition("?")[0])
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        seen = Seen(path=path, method=method, headers=headers, body=body, raw=begin + body, begun=time.monotonic())
        self.journal.append(seen)
        visit = Visit(bot=self, seen=seen, reader=reader, writer=writer)
        try:
            await (BEHAVIOURS | self.behaviours)[self._turn(seen)](visit)
        finally:
            seen.ended.append(time.monotonic())
        return not writer.is_closing()

    def _turn(self, seen: Seen) -> str:
        names = seen.path.split(",")
        key = (seen.path, seen.headers.get("webhook-id", ""))
        turn = self._turns[key] = self._turns.get(key, -1) + 1
        return names[min(turn, len(names) - 1)]


def closed_port() -> int:
    """Return a loopback port where nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@behaviour("ok")
async def _ok(visit: Visit) -> None:
    await asyncio.sleep(visit.bot.delay(visit.seen))
    await visit.reply(visit.bot.answer(visit.seen))


@behaviour("close-after-reply")
async def _close_after_reply(visit: Visit) -> None:
    await visit.send(head(200, f"Content-Type: {JSON}") + OK_BODY)
    visit.writer.close()


@behaviour("timeout")
async def _timeout(visit: Visit) -> None:
    await visit.until_closed()


@behaviour("drip-header")
async def _drip_header(visit: Visit) -> None:
    for byte in head(200, f"Content-Type: {JSON}", f"Content-Length: {len(OK_BODY)}"):
        await visit.send(bytes([byte]))
        await asyncio.sleep(0.1)


@behaviour("drip-body")
async def _drip_body(visit: Visit) -> None:
    await visit.send(head(200, f"Content-Length: {len(OK_BODY)}"))
    for byte in OK_BODY:
        await visit.send(bytes([byte]))
        await asyncio.sleep(0.1)


@behaviour("reset")
async def _reset(visit: Visit) -> None:
    visit.reset()


@behaviour("reset-mid-headers")
async def _reset_mid_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await asyncio.sleep(0.05)
    visit.reset()


@behaviour("reset-mid-body")
async def _reset_mid_body(visit: Visit) -> None:
    await visit.send(head(200, f"Content-Length: {len(OK_BODY)}") + OK_BODY[:10])
    await asyncio.sleep(0.05)
    visit.reset()


@behaviour("close")
async def _close(visit: Visit) -> None:
    visit.writer.close()


@behaviour("wrong-json")
async def _wrong_json(visit: Visit) -> None:
    await visit.reply(b'[{"packet": {"name": "message"')


@behaviour("unknown-event")
async def _unknown_event(visit: Visit) -> None:
    await visit.reply(b'[{"packet": {"name": "dance", "payload": {}}}]')


@behaviour("html")
async def _html(visit: Visit) -> None:
    await visit.reply(b"<!doctype html><title>It works!</title>", kind="text/html")


@behaviour("too-large")
async def _too_large(visit: Visit) -> None:
    await visit.reply(b" " * (257 * KIB))


@behaviour("too-large-chunked")
async def _too_large_chunked(visit: Visit) -> None:
    await visit.send(head(200, "Transfer-Encoding: chunked"))
    for _ in range(257):
        await visit.send(b"400\r\n" + b" " * KIB + b"\r\n")
    await visit.send(b"0\r\n\r\n")


@behaviour("just-fits")
async def _just_fits(visit: Visit) -> None:
    await visit.reply(OK_BODY.ljust(256 * KIB))


@behaviour("endless-body")
async def _endless_body(visit: Visit) -> None:
    await visit.send(head(200, f"Content-Type: {JSON}"))
    while True:
        await visit.send(b" " * KIB)


@behaviour("endless-headers")
async def _endless_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await visit.send(b"X-More: " + b"x" * 200 + b"\r\n")


@behaviour("length-too-long")
async def _length_too_long(visit: Visit) -> None:
    await visit.send(head(200, f"Content-Length: {len(OK_BODY) + 100}") + OK_BODY)
    visit.writer.close()


@behaviour("length-too-short")
async def _length_too_short(visit: Visit) -> None:
    await visit.send(head(200, f"Content-Length: {len(OK_BODY) - 10}") + OK_BODY)
    visit.writer.close()


@behaviour("chunks-without-end")
async def _chunks_without_end(visit: Visit) -> None:
    await visit.send(head(200, "Transfer-Encoding: chunked") + b"5\r\n[    \r\n")
    await visit.until_closed()


@behaviour("not-http")
async def _not_http(visit: Visit) -> None:
    await visit.send(b"220 mail.example ESMTP\r\n\r\n")
    visit.writer.close()


@behaviour("gzip")
async def _gzip(visit: Visit) -> None:
    await visit.reply(gzip.compress(OK_BODY), headers=("Content-Encoding: gzip",))


@behaviour("identity")
async def _identity(visit: Visit) -> None:
    await visit.reply(headers=("Content-Encoding: identity",))


@behaviour("cookie")
async def _cookie(visit: Visit) -> None:
    await visit.reply(headers=("Set-Cookie: session=of-the-bot; Path=/",))


@behaviour("empty")
async def _empty(visit: Visit) -> None:
    await visit.reply(b"")


@behaviour("echo-headers")
async def _echo_headers(visit: Visit) -> None:
    echoed = "\n".join(f"{name}: {value}" for name, value in visit.seen.headers.items())
    await visit.reply(echoed.encode(), headers=(f"X-Echo: {visit.seen.headers.get('authorization', '')}",))


@behaviour("odd-bytes")
async def _odd_bytes(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 500 Oops\r\nX-Odd: \xff\xfe\r\nContent-Length: 4\r\n\r\n\x00\xff\xfe.")


def _answers(status: int, *headers: str, body: bytes = b"no") -> Behaviour:
    async def one(visit: Visit) -> None:
        await visit.reply(body, status=status, headers=headers, kind="text/plain")

    return one


def _answers_204() -> Behaviour:
    async def one(visit: Visit) -> None:
        await visit.send(head(204))

    return one


for _status in (201, 202, 400, 401, 403, 404, 405, 408, 410, 413, 429, 500, 501, 502, 503, 504, 999):
    BEHAVIOURS[f"status-{_status}"] = _answers(_status, body=OK_BODY if _status < 300 else b"no")
BEHAVIOURS["status-204"] = _answers_204()
for _status in (301, 302, 303, 307, 308):
    BEHAVIOURS[f"redirect-{_status}"] = _answers(_status, "Location: /ok")
_DATES = {
    "date": "Fri, 31 Dec 1999 23:59:59 GMT",
    "far-year": "Fri, 31 Dec 99999999999 23:59:59 GMT",
    "far-zone": "Fri, 31 Dec 1999 23:59:59 +99999999999999999999999",
}
for _name, _value in {**{one: one for one in ("1", "2", "60", "-1", "1e9", "soon")}, **_DATES}.items():
    BEHAVIOURS[f"throttled-{_name}"] = _answers(429, f"Retry-After: {_value}")
    BEHAVIOURS[f"busy-{_name}"] = _answers(503, f"Retry-After: {_value}")
