"""One webhook call: who is let in, what is answered, and what happens when it comes twice."""

from __future__ import annotations

import asyncio
import logging

import pytest

from frontdesk.bot import Bot, Chat
from frontdesk.bot.seen import Recent
from frontdesk.protocol.signature import SecretMalformed, signed_headers
from tests.bot.calls import answered, call, events

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_700_000_000.0


ODD = [
    call("start").replace(b'"context":{}', b'"context":' + odd)
    for odd in (b"[1]", b'"x"', b'{"a":"\\ud800"}', b'{"a":' * 99_999 + b"1" + b"}" * 99_999)
]


def greeter(**wishes: object) -> Bot:
    bot = Bot(**wishes)  # type: ignore[arg-type]

    @bot.on_start
    async def greet(chat: Chat) -> None:
        chat.reply("Hello!")

    return bot


async def test_a_call_with_a_valid_signature_is_answered() -> None:
    bot, body = greeter(signing_secret=SECRET, now=lambda: NOW), call("start")
    headers = signed_headers(body, secrets=["whsec_" + "A" * 32, SECRET], event_id="evt_1", timestamp=int(NOW))

    assert (await bot.handle(body, {name.title(): value for name, value in headers.items()})).status == 200


@pytest.mark.parametrize("flaw", ["none", "secret", "body", "old", "new"])
async def test_a_call_without_a_valid_signature_is_refused(flaw: str) -> None:
    bot, body = greeter(signing_secret=SECRET, now=lambda: NOW), call("start")
    secret = "whsec_" + "A" * 32 if flaw == "secret" else SECRET
    timestamp = int(NOW) + {"old": -301, "new": 301}.get(flaw, 0)
    headers = signed_headers(body, secrets=[secret], event_id="evt_1", timestamp=timestamp)

    response = await bot.handle(body + b" " if flaw == "body" else body, {} if flaw == "none" else headers)

    assert response.status == 401
    assert b"Hello" not in response.body


def test_a_malformed_secret_is_found_when_the_bot_is_made() -> None:
    with pytest.raises(SecretMalformed):
        Bot(signing_secret="secret")


async def test_a_required_header_is_required() -> None:
    bot = greeter(required_headers={"X-Shop": "tea"})

    assert (await bot.handle(call("start"), {"x-shop": "tea"})).status == 200
    assert (await bot.handle(call("start"), {"X-Shop": "coffee"})).status == 401
    assert (await bot.handle(call("start"), {})).status == 401
    assert (await bot.handle(call("start"), {"X-Shop": "te\udcff"})).status == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'"\xff"', b'{"info": {}, "packet": {"name": "start"}}', *ODD], ids=len
)
async def test_what_is_no_event_is_refused(body: bytes) -> None:
    assert (await greeter().handle(body, {})).status == 400


async def test_a_handler_that_fails_says_nothing_and_the_next_try_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    bot, tries = Bot(), list[int]()

    @bot.on_start
    async def greet(chat: Chat) -> None:
        chat.reply("Half of")
        tries.append(1)
        if len(tries) == 1:
            raise KeyError("order")
        chat.reply("an answer")

    with caplog.at_level(logging.ERROR):
        first = await bot.handle(call("start", event_id="evt_a"), {})
    second = await bot.handle(call("start", event_id="evt_a"), {})

    assert (first.status, second.status) == (500, 200)
    assert b"Half" not in first.body
    assert "KeyError: 'order'" in caplog.text
    assert len(events(second)) == 2


async def test_an_event_that_comes_again_gets_the_same_answer_and_is_handled_once() -> None:
    bot, handled = Bot(), list[str]()

    @bot.on_message
    async def count(chat: Chat) -> None:
        handled.append(chat.text)
        chat.reply(f"number {len(handled)}")

    body = call("message", body="x", event_id="evt_a")
    first = await bot.handle(body, {})
    await bot.handle(call("message", body="y", event_id="evt_b"), {})
    again = await bot.handle(body, {})

    assert again.body == first.body
    assert handled == ["x", "y"]


async def test_an_event_that_comes_again_while_it_is_handled_waits_for_the_one_answer() -> None:
    bot, handled, go = Bot(), list[str](), asyncio.Event()

    @bot.on_message
    async def count(chat: Chat) -> None:
        handled.append(chat.text)
        await go.wait()
        chat.reply("done")

    body = call("message", body="x", event_id="evt_a")
    first = asyncio.create_task(bot.handle(body, {}))
    second = asyncio.create_task(bot.handle(body, {}))
    await asyncio.sleep(0)
    go.set()

    assert (await first).body == (await second).body
    assert handled == ["x"]


async def test_a_caller_that_hangs_up_does_not_stop_the_handler() -> None:
    bot, go = Bot(), asyncio.Event()

    @bot.on_message
    async def slow(chat: Chat) -> None:
        await go.wait()
        chat.reply("done")

    body = call("message", body="x", event_id="evt_a")
    caller = asyncio.create_task(bot.handle(body, {}))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    go.set()

    assert (await bot.handle(body, {})).status == 200


async def test_events_without_an_id_are_never_taken_for_the_same() -> None:
    bot, handled = Bot(), list[str]()

    @bot.on_message
    async def count(chat: Chat) -> None:
        handled.append(chat.text)

    await answered(bot, "message", body="yes", event_id="")
    await answered(bot, "message", body="yes", event_id="")

    assert handled == ["yes", "yes"]


def test_only_so_much_is_remembered() -> None:
    recent: Recent[int] = Recent(most=2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)

    assert (recent.get("a"), recent.get("b"), recent.get("c"), len(recent)) == (1, None, 3, 2)


def test_a_bot_reads_its_settings_from_the_environment() -> None:
    bot = Bot.from_env(
        {"FRONTDESK_SIGNING_SECRET": SECRET, "FRONTDESK_TOKEN": "t", "FRONTDESK_API_URL": "http://127.0.0.1/"}
    )

    assert bot.open("chatbot::1:a").cid == "chatbot::1:a"
    Bot.from_env({})
