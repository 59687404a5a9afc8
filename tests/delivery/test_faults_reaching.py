"""The failure contract, by what stands between us and a bot: rows F1 to F3."""

from __future__ import annotations

import asyncio
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from structlog.testing import capture_logs

from frontdesk.delivery import client
from frontdesk.delivery.client import Certificates, certificates
from tests.delivery import stage
from tests.delivery.contract import falls_back, talked
from tests.delivery.running import bot_of
from tests.kit.certificates import HOST, Authority, self_signed
from tests.kit.hostile_bot import JSON, OK_BODY, closed_port, head
from tests.kit.hostile_http import black_hole, deaf


class NoName(AbstractResolver):
    """A resolver that fails as a name server does, or never answers."""

    def __init__(self, code: int | None) -> None:
        self._code = code

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self._code is None:
            await asyncio.Event().wait()
        raise socket.gaierror(self._code, "as asked")

    async def close(self) -> None:
        pass


@pytest.mark.guarantee("F1")
@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL])
async def test_a_name_that_does_not_resolve_is_tried_three_times(code: int) -> None:
    await falls_back("http://bots.invalid/", fault="dns", attempts=3, resolver=NoName(code))


@pytest.mark.guarantee("F1")
async def test_a_name_server_that_hangs_is_given_three_seconds_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.CONNECT_S == 3.0
    monkeypatch.setattr(client, "CONNECT_S", 0.2)

    await falls_back("http://bots.invalid/", fault="dns", attempts=3, resolver=NoName(None))


@pytest.mark.guarantee("F2")
async def test_a_refused_connection_is_tried_three_times() -> None:
    await falls_back(f"http://127.0.0.1:{closed_port()}/", fault="connect", attempts=3)


@pytest.mark.guarantee("F2")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_address_that_swallows_connections_is_given_three_seconds_three_times(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "CONNECT_S", 0.2)
    with black_hole() as address:
        await falls_back(f"{scheme}://{address}/", fault="connect", attempts=3)


@pytest.mark.guarantee("F2")
async def test_an_address_that_swallows_connections_is_waited_for_until_the_deadline() -> None:
    with black_hole() as address:
        await falls_back(f"http://{address}/", fault="connect", deadline_s=1)


def expired(folder: Path) -> ssl.SSLContext:
    return Authority.made(folder).server(expired=True)


def another_host(folder: Path) -> ssl.SSLContext:
    return Authority.made(folder).server(host="another.example")


def unknown_authority(folder: Path) -> ssl.SSLContext:
    Authority.made(folder)
    return self_signed(folder)


def too_old(folder: Path) -> ssl.SSLContext:
    context = Authority.made(folder).server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


@asynccontextmanager
async def speaking(context: ssl.SSLContext) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Yield the address of a bot that speaks TLS, and the requests that reached it."""
    seen: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begin = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in begin.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        seen.append(await reader.readexactly(int(length.partition(b":")[2])))
        writer.write(
            head(200, f"Content-Type: {JSON}", f"Content-Length: {len(OK_BODY)}", "Connection: close") + OK_BODY
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://{HOST}:{server.sockets[0].getsockname()[1]}/", seen
    finally:
        server.close()


def trusting(folder: Path) -> Certificates:
    return certificates(also=Authority(folder=folder).certificate)


def on_loopback() -> AbstractResolver:
    return stage.Answers([["127.0.0.1"]])


@pytest.mark.guarantee("F3")
@pytest.mark.parametrize("made", [unknown_authority, expired, another_host, too_old])
async def test_a_connection_that_cannot_be_trusted_is_not_tried_again_and_administrators_are_told(
    made: Callable[[Path], ssl.SSLContext], tmp_path: Path
) -> None:
    with capture_logs() as logs:
        async with speaking(made(tmp_path)) as (url, seen):
            await falls_back(url, fault="tls", resolver=on_loopback(), tls=trusting(tmp_path), idempotent=True)

    assert seen == [], "nothing is said over a connection that is not trusted"
    told = [log for log in logs if log["event"] == "bot.needs_attention"]
    assert [(log["fault"], log["log_level"]) for log in told] == [("tls", "warning")]


@pytest.mark.guarantee("F3")
async def test_a_handshake_that_hangs_is_a_tls_fault() -> None:
    async with deaf() as address:
        await falls_back(f"https://{address}/", fault="tls", deadline_s=1)


async def test_a_certificate_that_is_right_is_accepted(tmp_path: Path) -> None:
    context = Authority.made(tmp_path).server()
    async with (
        speaking(context) as (url, seen),
        talked(bot_of(url), resolver=on_loopback(), tls=trusting(tmp_path)) as course,
    ):
        assert course.outcomes == ["ok", "ok"]
        assert len(seen) == 2
