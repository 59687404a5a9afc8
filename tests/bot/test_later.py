"""Work for later: when it posts, under which key, with which context, and what happens when it fails."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from frontdesk.bot import ApiClient, Bot, Chat, Dialogue, LateChat, NoApiUrl, SessionOver
from tests.bot.calls import CID, call, events
from tests.bot.test_client import GOOD, Script, refusal


def sent(script: Script) -> list[Any]:
    return [msgspec.json.decode(body) for body, _ in script.sent]


async def test_a_result_is_posted_after_the_answer_with_a_key_made_of_the_event() -> None:
    script = Script(GOOD, GOOD)
    bot = Bot(api=script.client())

    async def look_up(late: LateChat, number: str, *, polite: bool) -> None:
        late.reply(f"Found {number}.")
        await late.send()
        if polite:
            late.reply(f"Bye, {late.contact.name}.")

    @bot.on_message
    async def ask(chat: Chat) -> None:
        chat.reply("One moment.")
        chat.later(look_up, chat.text, polite=True)

    response = await bot.handle(call("message", body="7", event_id="evt_a"), {})
    await asyncio.sleep(0)
    assert script.sent == []
    response.delivered()
    await bot.close()

    assert [event["packet"]["payload"]["body"] for event in events(response)] == ["One moment."]
    assert [document[0]["packet"]["payload"]["body"] for document in sent(script)] == ["Found 7.", "Bye, Ann."]
    assert [headers["idempotency-key"] for _, headers in script.sent] == ["evt_a-1-1", "evt_a-1-2"]


async def test_a_server_that_does_not_tell_when_the_answer_left_is_given_a_moment() -> None:
    script = Script(GOOD)
    bot = Bot(api=script.client())

    async def work(late: LateChat) -> None:
        late.reply("done")

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.later(work)

    await bot.handle(call("start"), {})
    await bot.close()

    assert len(script.sent) == 1


async def test_an_event_that_comes_again_starts_no_second_work() -> None:
    script = Script(GOOD)
    bot = Bot(api=script.client())

    async def work(late: LateChat) -> None:
        late.reply("done")

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.later(work)

    body = call("start")
    (await bot.handle(body, {})).delivered()
    (await bot.handle(body, {})).delivered()
    await bot.close()

    assert len(script.sent) == 1


async def test_work_without_an_api_url_fails_the_handler_not_the_contact(caplog: pytest.LogCaptureFixture) -> None:
    bot = Bot()

    async def work(late: LateChat) -> None: ...

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.reply("One moment.")
        chat.later(work)

    with caplog.at_level(logging.ERROR):
        assert (await bot.handle(call("start"), {})).status == 500

    assert "api_url=" in caplog.text
    with pytest.raises(NoApiUrl):
        bot.open(CID)


async def test_a_failed_handler_starts_no_work() -> None:
    script = Script()
    bot = Bot(api=script.client())

    async def work(late: LateChat) -> None:
        late.reply("never")

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.later(work)
        raise ValueError

    assert (await bot.handle(call("start"), {})).status == 500
    await bot.close()

    assert script.sent == []


async def test_late_work_and_a_handler_keep_each_others_context() -> None:
    bot, go = Bot(), asyncio.Event()

    async def work(late: LateChat) -> None:
        await go.wait()
        late.context["result"] = "found"
        late.reply("done")

    @bot.on_message("look")
    async def ask(chat: Chat) -> None:
        chat.context["asked"] = 1
        chat.reply("One moment.")
        chat.later(work)

    @bot.on_message
    async def note(chat: Chat) -> None:
        chat.context["meanwhile"] = chat.text
        chat.reply("Noted.")

    async with Dialogue(bot) as talk:
        await talk.says("look")
        await talk.says("hello")
        go.set()
        await talk.later()

        assert talk.context == {"asked": 1, "meanwhile": "hello", "result": "found"}


async def test_a_session_that_is_over_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(refusal("session_over"))
    bot, apologies = Bot(api=script.client()), list[str]()

    async def work(late: LateChat) -> None:
        late.reply("too late")

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.later(work)

    @bot.on_late_failure
    async def apologise(late: LateChat) -> None:
        apologies.append(late.cid)

    with caplog.at_level(logging.INFO):
        (await bot.handle(call("start"), {})).delivered()
        await bot.close()

    assert apologies == []
    assert "over before the late result came" in caplog.text


async def test_failed_work_is_logged_and_can_be_apologised_for(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(GOOD)
    bot = Bot(api=script.client())

    async def work(late: LateChat) -> None:
        late.reply("half of it")
        raise ConnectionError("no order service")

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.later(work)

    @bot.on_late_failure
    async def apologise(late: LateChat) -> None:
        late.reply("Sorry.")

    with caplog.at_level(logging.ERROR):
        (await bot.handle(call("start"), {})).delivered()
        await bot.close()

    assert [document[0]["packet"]["payload"]["body"] for document in sent(script)] == ["Sorry."]
    assert "no order service" in caplog.text


async def test_work_that_does_not_end_is_cut_off_when_the_bot_closes() -> None:
    bot, cut = Bot(api=Script().client()), list[bool]()

    async def work(late: LateChat) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cut.append(True)

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.later(work)

    await bot.handle(call("start"), {})
    await asyncio.sleep(0)
    await bot.close(grace_s=0)

    assert cut == [True]


async def test_a_bot_can_speak_in_a_session_outside_of_an_event() -> None:
    script = Script(GOOD, refusal("session_over"))
    chat = Bot(api=script.client()).open(CID, key="parcel-7")

    chat.reply("Your parcel has arrived.")
    await chat.send()
    await chat.send()
    chat.reply("Are you still there?")
    with pytest.raises(SessionOver):
        await chat.send()

    assert [headers["idempotency-key"] for _, headers in script.sent] == ["parcel-7-1", "parcel-7-2"]


async def test_a_send_that_failed_can_be_tried_again_as_it_was() -> None:
    script = Script(*[refusal("unavailable")], GOOD)
    api = ApiClient(api_url="http://127.0.0.1/", token="t", post=script, sleep=script.sleep)
    chat = Bot(api=api).open(CID, key="k")

    chat.reply("once")
    await chat.send()

    assert script.sent[0] == script.sent[1]
