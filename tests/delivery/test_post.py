"""One attempt against a hostile bot: what is sent, what class of fault it is, what the record keeps."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from frontdesk.core.delivery import Answered, Failed, Fault
from frontdesk.core.ids import Instant
from frontdesk.core.people import SigningSecret
from frontdesk.delivery.client import Client
from frontdesk.delivery.guard import Guard
from frontdesk.delivery.post import Poster
from frontdesk.protocol.signature import verify
from tests.delivery import stage
from tests.delivery.stage import BODY, OLD_SECRET, SECRET, call_to
from tests.kit.hostile_bot import OK_BODY, HostileBot, closed_port


async def test_the_body_arrives_as_the_very_bytes_that_were_frozen(bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url("ok")))

    assert exchange.outcome == Answered(body=OK_BODY, content_type="application/json")
    assert exchange.record.outcome == "ok"
    assert [seen.body for seen in bot.journal] == [BODY]


@pytest.mark.guarantee("D8")
async def test_every_attempt_has_the_same_bytes_and_its_own_signature(bot: HostileBot, poster: Poster) -> None:
    call = call_to(bot.url("status-503,reset,ok"), secrets=secrets(SECRET, OLD_SECRET))

    for attempt in (1, 2, 3):
        await poster.post(replace(call, head=replace(call.head, attempt=attempt)))

    assert [seen.headers["chat-attempt"] for seen in bot.journal] == ["1", "2", "3"]
    assert {seen.body for seen in bot.journal} == {BODY}
    assert {seen.headers["webhook-id"] for seen in bot.journal} == {call.head.event_id}
    for seen in bot.journal:
        for secret in (SECRET, OLD_SECRET):
            verify(seen.body, headers=seen.headers, secrets=[secret], now=time.time())


async def test_an_expired_secret_does_not_sign(bot: HostileBot, poster: Poster) -> None:
    expired = SigningSecret(secret=OLD_SECRET, created_at=Instant(0), expires_at=Instant(stage.now() - 1))

    await poster.post(call_to(bot.url("ok"), secrets=(*secrets(SECRET), expired)))

    assert len(bot.journal[0].headers["webhook-signature"].split(" ")) == 1


async def test_the_headers_are_the_bots_own_and_those_of_the_protocol(bot: HostileBot, poster: Poster) -> None:
    await poster.post(call_to(bot.url("ok"), webhook_headers=(("Authorization", "Bearer abcdefgh"), ("X-Shop", "7"))))

    headers = bot.journal[0].headers
    assert headers["authorization"] == "Bearer abcdefgh"
    assert headers["x-shop"] == "7"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["accept-encoding"] == "identity"
    assert headers["content-length"] == str(len(BODY))
    assert headers["user-agent"].startswith("Frontdesk-Webhook/")
    assert 0 < int(headers["chat-deadline-ms"]) <= 5_000
    assert "transfer-encoding" not in headers


async def test_cookies_of_a_bot_are_not_sent_back(bot: HostileBot, poster: Poster) -> None:
    await poster.post(call_to(bot.url("cookie")))
    await poster.post(call_to(bot.url("ok")))

    assert "cookie" not in bot.journal[1].headers


async def test_a_proxy_of_the_environment_is_not_used(
    bot: HostileBot, poster: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")

    exchange = await poster.post(call_to(bot.url("ok")))

    assert isinstance(exchange.outcome, Answered)


@pytest.mark.parametrize("path", ["status-201", "identity", "just-fits", "close-after-reply"])
async def test_any_plain_answer_of_2xx_is_an_answer(path: str, bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url(path)))

    assert isinstance(exchange.outcome, Answered)
    assert exchange.outcome.body.strip() == OK_BODY


@pytest.mark.parametrize("path", ["status-204", "empty"])
async def test_an_empty_answer_is_an_answer(path: str, bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url(path)))

    assert isinstance(exchange.outcome, Answered)
    assert exchange.outcome.body == b""


#: What the bot does, the class of the fault, whether it may have the whole request, the status.
FAULTS: list[tuple[str, Fault, bool, int | None]] = [
    ("timeout", "timeout", True, None),
    ("drip-header", "timeout", True, None),
    ("drip-body", "timeout", True, 200),
    ("chunks-without-end", "timeout", True, 200),
    ("reset", "reset", True, None),
    ("close", "reset", True, None),
    ("reset-mid-headers", "reset", True, None),
    ("reset-mid-body", "reset", True, 200),
    ("length-too-long", "protocol", True, 200),
    ("endless-headers", "protocol", True, None),
    ("not-http", "protocol", True, None),
    ("status-999", "protocol", True, 999),
    ("too-large", "too_large", True, 200),
    ("too-large-chunked", "too_large", True, 200),
    ("endless-body", "too_large", True, 200),
    ("gzip", "encoding", True, 200),
    ("redirect-301", "redirect", True, 301),
    ("redirect-302", "redirect", True, 302),
    ("redirect-303", "redirect", True, 303),
    ("redirect-307", "redirect", True, 307),
    ("redirect-308", "redirect", True, 308),
    ("status-400", "http_4xx", True, 400),
    ("status-401", "http_4xx", True, 401),
    ("status-404", "http_4xx", True, 404),
    ("status-408", "http_4xx", True, 408),
    ("status-410", "gone", True, 410),
    ("status-429", "throttled", True, 429),
    ("status-500", "http_5xx", True, 500),
    ("status-503", "http_5xx", True, 503),
]


@pytest.mark.parametrize(("path", "fault", "received", "status"), FAULTS)
async def test_a_fault_has_its_class(
    *,
    path: str,
    fault: Fault,
    received: bool,
    status: int | None,
    bot: HostileBot,
    poster: Poster,
) -> None:
    exchange = await poster.post(call_to(bot.url(path), within_ms=400 if fault == "timeout" else 5_000))

    assert isinstance(exchange.outcome, Failed), exchange.outcome
    assert (exchange.outcome.fault, exchange.outcome.received, exchange.outcome.status) == (fault, received, status)
    assert exchange.record.outcome == fault
    assert exchange.record.reason
    assert exchange.bug is None
    assert len(bot.journal) == 1, "no attempt is repeated behind our back, and no redirect is followed"


async def test_a_refused_connection_was_not_received(poster: Poster) -> None:
    exchange = await poster.post(call_to(f"http://127.0.0.1:{closed_port()}/"))

    assert isinstance(exchange.outcome, Failed)
    assert (exchange.outcome.fault, exchange.outcome.received) == ("connect", False)
    assert exchange.record.timings.connected is None


async def test_a_name_without_an_address_is_a_dns_fault() -> None:
    async with Client(Guard(), resolver=stage.Answers([[]])) as client:
        exchange = await stage.poster(client).post(call_to("http://bots.example/"))

    assert isinstance(exchange.outcome, Failed)
    assert (exchange.outcome.fault, exchange.outcome.received) == ("dns", False)


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example"])
async def test_a_name_that_no_resolver_can_ask_for_is_a_dns_fault(host: str) -> None:
    async with stage.client() as client:
        exchange = await stage.poster(client).post(call_to(f"http://{host}/"))

    assert isinstance(exchange.outcome, Failed)
    assert (exchange.outcome.fault, exchange.bug) == ("dns", None)


async def test_plain_http_where_tls_is_spoken_to_is_a_tls_fault(bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url("ok").replace("http:", "https:"), within_ms=1_000))

    assert isinstance(exchange.outcome, Failed)
    assert exchange.outcome.fault in {"tls", "connect"}
    assert not exchange.outcome.received


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_connection_that_ends_before_the_request_is_whole_leaves_it_unreceived(poster: Poster) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1000)
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]

    async with server:
        exchange = await poster.post(call_to(f"http://127.0.0.1:{port}/", body=b" " * 30_000_000))

    assert isinstance(exchange.outcome, Failed)
    assert (exchange.outcome.fault, exchange.outcome.received) == ("reset", False)


async def test_the_attempt_ends_at_the_deadline_however_slowly_the_bot_drips(bot: HostileBot, poster: Poster) -> None:
    begun = time.monotonic()

    await poster.post(call_to(bot.url("drip-body"), within_ms=500))

    assert 0.4 < time.monotonic() - begun < 2.0


async def test_without_time_left_nobody_is_called(bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url("ok"), within_ms=0))

    assert isinstance(exchange.outcome, Failed)
    assert (exchange.outcome.fault, exchange.outcome.received) == ("timeout", False)
    assert bot.connections == 0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("throttled-1", 1_000),
        ("throttled-60", 60_000),
        ("throttled--1", None),
        ("throttled-1e9", None),
        ("throttled-soon", None),
        ("throttled-date", 0),
        ("throttled-far-year", None),
        ("busy-far-zone", None),
        ("busy-2", 2_000),
        ("status-503", None),
    ],
)
async def test_retry_after_is_read_where_it_makes_sense(
    *, path: str, expected: int | None, bot: HostileBot, poster: Poster
) -> None:
    exchange = await poster.post(call_to(bot.url(path)))

    assert isinstance(exchange.outcome, Failed)
    assert exchange.outcome.retry_after_ms == expected


@pytest.mark.guarantee("S24")
async def test_the_record_keeps_no_secret_even_where_the_bot_echoes_it(bot: HostileBot, poster: Poster) -> None:
    headers = (("Authorization", "Bearer canary-0001"), ("X-Shop-Key", "canary-0002"))

    exchange = await poster.post(call_to(bot.url("echo-headers"), webhook_headers=headers))

    kept = repr(exchange.record)
    assert "canary" not in kept
    assert SECRET not in kept
    assert bot.journal[0].headers["webhook-signature"] not in repr(exchange.record.request_headers)
    assert ("Authorization", "[redacted]") in exchange.record.request_headers


async def test_the_record_is_text_that_any_database_takes(bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url("odd-bytes")))

    kept = repr(exchange.record.response_headers) + exchange.record.response_excerpt
    assert exchange.record.status == 500
    assert "\0" not in kept
    assert kept.encode()


async def test_the_record_keeps_four_kib_of_the_answer_at_most(bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url("too-large")))

    assert 0 <= len(exchange.record.response_excerpt.encode()) <= 4096


async def test_the_record_has_the_times_of_the_way(bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url("ok")))

    timings = exchange.record.timings
    assert timings.connected is not None
    assert timings.sent is not None
    assert timings.headers is not None
    assert 0 <= timings.connected <= timings.sent <= timings.headers <= timings.total


async def test_a_secret_that_cannot_sign_is_a_fault_of_ours_and_reaches_nobody(bot: HostileBot, poster: Poster) -> None:
    exchange = await poster.post(call_to(bot.url("ok"), secrets=secrets("whsec_!")))

    assert isinstance(exchange.outcome, Failed)
    assert exchange.outcome.fault == "internal"
    assert exchange.bug is not None
    assert bot.connections == 0


def secrets(*texts: str) -> tuple[SigningSecret, ...]:
    return tuple(SigningSecret(secret=text, created_at=Instant(0)) for text in texts)
