"""Which handler is called for which event."""

from __future__ import annotations

import re

import pytest

from frontdesk.bot import Bot, Chat, HandlerMisfit
from tests.bot.calls import answered


def replies(events: list[dict[str, dict[str, dict[str, str]]]]) -> list[str]:
    return [event["packet"]["payload"]["body"] for event in events]


@pytest.fixture
def bot() -> Bot:
    bot = Bot()

    @bot.on_message
    async def anything(chat: Chat) -> None:
        chat.reply("anything")

    @bot.on_message(r"order (\d+)")
    async def order(chat: Chat) -> None:
        assert chat.match is not None
        chat.reply(f"order {chat.match[1]}")

    @bot.on_message(re.compile("STOP"))
    async def stop(chat: Chat) -> None:
        chat.reply("stop")

    @bot.on_message(step="name")
    async def name(chat: Chat) -> None:
        chat.reply("name")

    @bot.on_click
    async def any_click(chat: Chat) -> None:
        chat.reply("any click")

    @bot.on_click("Talk to a human")
    async def human(chat: Chat) -> None:
        chat.reply("human")

    @bot.on_click(2, step="size")
    async def large(chat: Chat) -> None:
        chat.reply("large")

    @bot.on_click(3)
    async def third(chat: Chat) -> None:
        chat.reply("third")

    return bot


@pytest.mark.parametrize(
    ("body", "step", "reply"),
    [
        ("hello", None, "anything"),
        ("My ORDER 77, please", None, "order 77"),
        ("STOP", None, "stop"),
        ("stop", None, "anything"),
        ("Ann", "name", "name"),
        ("order 5", "name", "order 5"),
    ],
)
async def test_a_message_goes_to_the_first_that_fits_and_else_to_the_general_one(
    bot: Bot, *, body: str, step: str | None, reply: str
) -> None:
    events = await answered(bot, "message", context={"step": step}, body=body)

    assert replies(events) == [reply]


@pytest.mark.parametrize(
    ("option", "headline", "step", "reply"),
    [
        (1, "Something", None, "any click"),
        (1, "talk to  a Human", None, "human"),
        (2, "L", "size", "large"),
        (2, "L", None, "any click"),
        (3, "", None, "third"),
    ],
)
async def test_a_click_goes_by_number_text_or_step(
    bot: Bot, *, option: int, headline: str, step: str | None, reply: str
) -> None:
    events = await answered(bot, "click", context={"step": step}, option=option, headline=headline)

    assert replies(events) == [reply]


async def test_one_handler_can_be_for_several_events() -> None:
    bot = Bot()

    @bot.on_start
    @bot.on_click("Again")
    @bot.on_message("again")
    async def hello(chat: Chat) -> None:
        chat.reply("hello")

    assert replies(await answered(bot, "start")) == ["hello"]
    assert replies(await answered(bot, "click", option=1, headline="Again")) == ["hello"]
    assert replies(await answered(bot, "message", body="again!")) == ["hello"]


async def test_the_events_that_a_bot_can_opt_in_to_have_handlers() -> None:
    bot, heard = Bot(), list[str]()

    @bot.on_session_ended
    @bot.on_forward_failed
    async def hear(chat: Chat) -> None:
        heard.append(chat.event)

    await answered(bot, "session_ended", reason="expired")
    await answered(bot, "forward_failed", group_id=3)

    assert heard == ["session_ended", "forward_failed"]


async def test_an_event_without_a_handler_is_acknowledged() -> None:
    assert await answered(Bot(), "message", body="anybody?") == []


def test_a_handler_that_is_not_async_is_refused_at_once() -> None:
    with pytest.raises(HandlerMisfit, match="async def greet"):

        @Bot().on_start  # type: ignore[type-var]
        def greet(chat: Chat) -> None: ...
