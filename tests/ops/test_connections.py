"""Whoever sends byte by byte is cut off, and no address takes all the room."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from frontdesk import connections
from frontdesk.connections import Doorman
from tests.kit.contact import visiting
from tests.kit.server import Running, bot_server, running_server

#: In place of ten seconds.
ARRIVAL_S = 0.4
HANDSHAKE = (
    b"GET /widget/socket?key=k HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\norigin: https://shop.example\r\n"
)
SLOW = {
    "nothing": (b"", b""),
    "headers": (b"GET /live HTTP/1.1\r\nhost: x\r\n", b"x-a: b\r\n"),
    "request line": (b"GET /li", b"v"),
    "empty lines": (b"", b"\r\n"),
    "socket handshake": (HANDSHAKE, b"x-a: b\r\n"),
    "headers of the second request": (b"GET /live HTTP/1.1\r\nhost: x\r\n\r\nGET /live HTTP/1.1\r\n", b"x-a: b\r\n"),
    "empty lines after a request": (b"GET /live HTTP/1.1\r\nhost: x\r\n\r\n", b"\r\n"),
    "refused body": (b"POST /live HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n", b"x"),
}


@asynccontextmanager
async def connection(server: Running) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()


async def seconds_until_cut(server: Running, first: bytes, *, drop: bytes) -> float:
    """Send the first bytes, then more and more slowly, until the server hangs up."""
    started = time.monotonic()
    async with asyncio.timeout(10), connection(server) as (reader, writer):
        gone = asyncio.create_task(reader.read(-1))
        writer.write(first)
        while not gone.done():
            if drop:
                writer.write(drop)
            await asyncio.wait({gone}, timeout=0.05)
        await asyncio.gather(gone, return_exceptions=True)
    return time.monotonic() - started


@pytest.mark.guarantee("O5")
def test_a_request_has_ten_seconds_to_arrive_by_default() -> None:
    assert connections.ARRIVAL_S == 10


@pytest.mark.guarantee("O5")
async def test_what_arrives_byte_by_byte_is_cut_off(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        server.app._listening._server.config.arrival_s = ARRIVAL_S  # type: ignore[attr-defined]

        took = await asyncio.gather(*(seconds_until_cut(server, first, drop=drop) for first, drop in SLOW.values()))

    assert {what: s for what, s in zip(SLOW, took, strict=True) if not ARRIVAL_S / 2 < s < ARRIVAL_S * 4} == {}


@pytest.mark.guarantee("O5")
async def test_a_body_that_trickles_in_is_cut_off_and_does_nothing(tmp_path: Path) -> None:
    async with bot_server() as bot, running_server(tmp_path) as server:
        server.app._listening._server.config.arrival_s = ARRIVAL_S  # type: ignore[attr-defined]
        _, made = await server.shop(bot)
        path = server.api_url(made.bot).removeprefix(server.url)
        head = (
            f"POST {path} HTTP/1.1\r\nhost: x\r\nSECURITY-TOKEN: {made.token}\r\ncontent-length: 5000\r\n\r\n[".encode()
        )

        took = await seconds_until_cut(server, head, drop=b" ")

        assert took < ARRIVAL_S * 4
        assert await server.store.reader.attempts() == ()


@pytest.mark.guarantee("O6")
@pytest.mark.parametrize(
    ("announced", "sent"),
    [
        ("content-length: 10", 300_000),
        ("content-length: 100000000", 300_000),
        ("transfer-encoding: chunked", 300_000),
        ("content-length: 400000", 400_000),
    ],
)
async def test_a_body_over_the_limit_is_refused_while_it_arrives(tmp_path: Path, announced: str, sent: int) -> None:
    async with bot_server() as bot, running_server(tmp_path) as server:
        _, made = await server.shop(bot)
        path = server.api_url(made.bot).removeprefix(server.url)
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\nSECURITY-TOKEN: {made.token}\r\n{announced}\r\n\r\n".encode()
        body = b"[" + b" " * (sent - 2) + b"]"
        if announced.startswith("transfer"):
            # Never terminated: the limit has to act before the end.
            body = b"".join(b"2000\r\n" + body[at : at + 8192].ljust(8192) + b"\r\n" for at in range(0, sent, 8192))
        async with asyncio.timeout(10), connection(server) as (reader, writer):
            writer.write(head + body)
            answer = await everything(reader)

        # Where too few bytes are announced, these are the body, and what follows is no request.
        assert answer.split()[1] == (b"400" if announced.endswith(": 10") else b"413")
        assert await server.store.reader.attempts() == ()


@pytest.mark.guarantee("O5")
async def test_an_address_has_so_many_connections_and_gets_its_places_back(tmp_path: Path) -> None:
    async with running_server(tmp_path, spared=(), sockets_per_address=3) as server:
        widget = await server.widget()
        async with visiting(server, widget), visiting(server, widget), connection(server) as (kept, _):
            async with connection(server) as (reader, _):
                assert await cut(reader)

            assert not kept.at_eof()
            assert server.app._doorman.turned_away == 1

        async with asyncio.timeout(5), visiting(server, widget) as contact:
            assert (await contact.say("There is room again"))["type"] == "ack"
        assert await soon(lambda: not server.app._doorman._open)


async def soon(true: Callable[[], bool]) -> bool:
    for _ in range(500):
        if true():
            return True
        await asyncio.sleep(0.01)
    return False


async def cut(reader: asyncio.StreamReader) -> bool:
    return await everything(reader) == b""


async def everything(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the other side hangs up, in whatever way."""
    came = b""
    try:
        while piece := await reader.read(4096):
            came += piece
    except ConnectionError:
        pass
    return came


@pytest.mark.guarantee("O5")
async def test_sockets_behind_a_proxy_are_counted_by_the_address_that_it_names(tmp_path: Path) -> None:
    async with running_server(tmp_path, trusted_proxies=("127.0.0.1",), sockets_per_address=2) as server:
        widget = await server.widget()

        def come(address: str) -> connect:
            headers = {"x-forwarded-for": address}
            url = server.socket_url(widget)
            return connect(url, origin="https://shop.example", additional_headers=headers, proxy=None)  # type: ignore[arg-type]

        async with come("203.0.113.7"), come("203.0.113.7") as second, come("203.0.113.8") as other:
            with pytest.raises(InvalidStatus) as refused:
                async with come("203.0.113.7"):
                    pass

            assert refused.value.response.status_code == 429
            for one in (second, other):
                await one.send(json.dumps({"type": "hello", "page": {"url": "https://shop.example/"}}))
                assert json.loads(await one.recv())["type"] == "welcome"


def test_this_machine_and_what_is_no_address_is_let_in() -> None:
    doorman = Doorman(limit=1)

    assert [doorman.spares(one) for one in ("127.0.0.1", "::1", "", "testclient")] == [True] * 4
    assert not doorman.spares("203.0.113.7")


def test_no_limit_lets_in_any_number() -> None:
    doorman = Doorman(limit=0)

    assert all(doorman.enter("203.0.113.7") for _ in range(1000))
