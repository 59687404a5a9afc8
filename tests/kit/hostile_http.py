"""More of the bot from hell: what it does to HTTP. Importing this module teaches every HostileBot these behaviours."""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tests.kit.hostile_bot import BEHAVIOURS, JSON, KIB, OK_BODY, Visit, behaviour, head

#: Addresses that a redirect must never lead to.
BAIT = {
    "itself": "?again",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "file": "file:///etc/passwd",
    "hops": "/redirect-to-hops,redirect-to-hops",
}


def _redirects(location: str) -> None:
    @behaviour(f"redirect-to-{location}")
    async def _redirect(visit: Visit) -> None:
        await visit.reply(b"", status=302, headers=(f"Location: {BAIT[location]}",))


for _location in BAIT:
    _redirects(_location)


@behaviour("reset-after-reply")
async def _reset_after_reply(visit: Visit) -> None:
    await visit.reply()
    await asyncio.sleep(0.05)
    visit.reset()


@behaviour("many-headers")
async def _many_headers(visit: Visit) -> None:
    await visit.reply(headers=tuple(f"X-Number-{number}: {number}" for number in range(200)))


@behaviour("huge-header")
async def _huge_header(visit: Visit) -> None:
    await visit.reply(headers=(f"X-Huge: {'x' * KIB * KIB}",))


def _claims(coding: str, body: bytes) -> None:
    @behaviour(f"encoded-{coding.replace(', ', '-')}")
    async def _encoded(visit: Visit) -> None:
        await visit.reply(body, headers=(f"Content-Encoding: {coding}",))


for _coding in ("br", "deflate", "zstd", "gzip, gzip", "x-gzip", "unheard-of"):
    _claims(_coding, zlib.compress(OK_BODY))


@behaviour("gzip-bomb")
async def _gzip_bomb(visit: Visit) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    part = bytes(KIB * KIB)
    bomb = b"".join([packer.compress(part) for _ in range(128)]) + packer.flush()
    await visit.reply(bomb, headers=("Content-Encoding: gzip",))


@behaviour("continue-then-ok")
async def _continue_then_ok(visit: Visit) -> None:
    for _ in range(3):
        await visit.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    await visit.reply()


@behaviour("continue-spam")
async def _continue_spam(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.005)


@behaviour("switching-protocols")
async def _switching_protocols(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x02hi")


@behaviour("204-with-body")
async def _no_content_with_body(visit: Visit) -> None:
    await visit.send(head(204, f"Content-Type: {JSON}", f"Content-Length: {len(OK_BODY)}") + OK_BODY)
    visit.writer.close()


@behaviour("not-modified")
async def _not_modified(visit: Visit) -> None:
    await visit.send(head(304))


@behaviour("http-0.9")
async def _http_0_9(visit: Visit) -> None:
    await visit.send(OK_BODY)
    visit.writer.close()


@behaviour("http2-preface")
async def _http2_preface(visit: Visit) -> None:
    await visit.send(
        b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04\x00\x10\x00\x00\x00\x06\x00\x00\x40\x00"
    )
    visit.writer.close()


@asynccontextmanager
async def deaf() -> AsyncIterator[str]:
    """Yield the address of a server that accepts connections and never reads from them."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        connections.append(writer)

    connections: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        for writer in connections:
            writer.transport.abort()
        server.close()


@contextmanager
def black_hole() -> Iterator[str]:
    """Yield an address whose connection requests go unanswered, as behind a firewall that drops them."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        host, port = listening.getsockname()
        # The row of connections that nobody accepts is full then; the kernel drops what comes after.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex((host, port))
        try:
            yield f"{host}:{port}"
        finally:
            for one in waiting:
                one.close()


__all__ = ["BAIT", "BEHAVIOURS", "black_hole", "deaf"]
