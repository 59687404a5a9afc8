"""What a handler reads from an event, and what its words become on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from frontdesk.bot import AlreadyOver, Bot, Card, Chat, InvalidEvent
from frontdesk.protocol.answer import decode_answer
from tests.bot.calls import CID, answered, call

SAID: list[tuple[Callable[[Chat], None], dict[str, Any]]] = [
    (lambda chat: chat.reply("Hi"), {"name": "message", "payload": {"body": "Hi"}}),
    (
        lambda chat: chat.reply("**Hi**", markdown=True),
        {"name": "message", "payload": {"body": "**Hi**", "format": "markdown"}},
    ),
    (
        lambda chat: chat.bubbles("Which?", ["A", "B"], fallback="Type 1 or 2."),
        {"name": "bubbles", "payload": {"body": "Which?", "options": ["A", "B"], "fallback": "Type 1 or 2."}},
    ),
    (
        lambda chat: chat.carousel("Look", [Card(headline="A", subheadline="b", media="https://x.example/a.png")]),
        {
            "name": "carousel",
            "payload": {
                "body": "Look",
                "options": [{"headline": "A", "subheadline": "b", "media": "https://x.example/a.png"}],
            },
        },
    ),
    (
        lambda chat: chat.navigate("https://x.example/a", fallback="See {{link}}"),
        {"name": "navigate", "payload": {"url": "https://x.example/a", "fallback": "See {{link}}"}},
    ),
    (
        lambda chat: chat.update_contact(name="Ann", mobile_number="+49 170 1"),
        {"name": "contact_update", "payload": {"name": "Ann", "mobile_number": "+49 170 1"}},
    ),
    (lambda chat: chat.typing(3), {"name": "typing", "payload": {"seconds": 3}}),
    (lambda chat: chat.note("psst"), {"name": "note", "payload": {"body": "psst"}}),
    (lambda chat: chat.forward("Support"), {"name": "forward_group", "payload": {"group_id": "Support"}}),
    (lambda chat: chat.forward(7), {"name": "forward_group", "payload": {"group_id": 7}}),
    (lambda chat: chat.forward(), {"name": "forward_any", "payload": {}}),
    (lambda chat: chat.abort(), {"name": "abort", "payload": {}}),
    (lambda chat: chat.end(), {"name": "end", "payload": {}}),
]


@pytest.mark.parametrize(("act", "packet"), SAID, ids=[str(packet["name"]) for _, packet in SAID])
async def test_what_is_said_is_an_event_of_the_protocol(act: Callable[[Chat], None], packet: dict[str, Any]) -> None:
    bot = Bot()

    @bot.on_start
    async def speak(chat: Chat) -> None:
        act(chat)

    assert await answered(bot, "start") == [{"info": {"cid": CID}, "packet": packet}]


async def test_events_leave_in_the_order_in_which_they_were_said() -> None:
    bot = Bot()

    @bot.on_start
    async def speak(chat: Chat) -> None:
        chat.reply("one")
        chat.typing(1)
        chat.bubbles("two", ["A"])
        chat.end()

    names = [event["packet"]["name"] for event in await answered(bot, "start")]

    assert names == ["message", "typing", "bubbles", "end"]


@pytest.mark.parametrize(
    "act",
    [
        lambda chat: chat.reply(""),
        lambda chat: chat.reply("x" * 10_001),
        lambda chat: chat.bubbles("Which?", []),
        lambda chat: chat.bubbles("Which?", ["A"] * 21),
        lambda chat: chat.carousel("Look", [Card(headline="A", media="http://x.example/a.png")]),
        lambda chat: chat.navigate("javascript:alert(1)"),
        lambda chat: chat.navigate("/orders/1"),
        lambda chat: chat.update_contact(),
        lambda chat: chat.update_contact(email="nobody"),
        lambda chat: chat.typing(61),
        lambda chat: chat.forward(0),
    ],
)
async def test_what_the_protocol_does_not_allow_is_refused_where_it_is_said(act: Callable[[Chat], None]) -> None:
    bot, refusals = Bot(), list[InvalidEvent]()

    @bot.on_start
    async def speak(chat: Chat) -> None:
        with pytest.raises(InvalidEvent) as refusal:
            act(chat)
        refusals.append(refusal.value)

    assert await answered(bot, "start") == []
    assert "$.packet.payload" in str(refusals[0])


async def test_nothing_follows_the_end() -> None:
    bot = Bot()

    @bot.on_start
    async def speak(chat: Chat) -> None:
        chat.end()
        assert chat.over
        with pytest.raises(AlreadyOver, match="message"):
            chat.reply("one more thing")

    assert [event["packet"]["name"] for event in await answered(bot, "start")] == ["end"]


async def test_more_events_than_the_protocol_takes_fail_as_a_whole() -> None:
    bot = Bot()

    @bot.on_start
    async def speak(chat: Chat) -> None:
        for number in range(21):
            chat.reply(str(number))

    with pytest.raises(AssertionError, match="500"):
        await answered(bot, "start")


async def test_a_handler_reads_who_wrote_what() -> None:
    bot, seen = Bot(), list[object]()

    @bot.on_message
    async def read(chat: Chat) -> None:
        seen.extend([chat.event, chat.text, chat.option, chat.contact.name, chat.cid, chat.widget.name, chat.seq])
        seen.append(chat.event_id)

    @bot.on_click
    async def read_click(chat: Chat) -> None:
        seen.extend([chat.event, chat.text, chat.option, chat.headline])

    await answered(bot, "message", body="hello", event_id="evt_x")
    await answered(bot, "click", option=2, headline="B", element="bubbles", seq=3)

    assert seen == ["message", "hello", None, "Ann", CID, "Shop", 1, "evt_x", "click", "B", 2, "B"]


async def test_an_answer_is_read_by_the_platform_without_a_rest() -> None:
    bot = Bot()

    @bot.on_start
    async def speak(chat: Chat) -> None:
        chat.context["a"] = {"b": [1, 2]}
        for act, packet in SAID:
            if packet["name"] not in ("forward_group", "forward_any", "abort", "end"):
                act(chat)

    response = await bot.handle(call("start"), {})
    decoded = decode_answer(response.body, cid_required=True)

    assert decoded.ignored == ()
    assert decoded.events[0].context == b'{"a":{"b":[1,2]}}'
