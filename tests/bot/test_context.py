"""The context: sent only where it changed, merged by its keys, read and written as records."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from frontdesk.bot import Bot, Chat, Context, ContextTooLarge
from tests.bot.calls import answered


class Order(msgspec.Struct):
    number: int | None = None
    asked: int = 0


def test_an_untouched_context_is_not_sent() -> None:
    context = Context({"a": 1, "b": [1]})

    assert context.merged_into({"a": 1, "b": [1]}) is None


def test_setting_the_same_value_again_is_no_change() -> None:
    context = Context({"a": 1})
    context["a"] = 1

    assert context.merged_into({"a": 1}) is None


def test_a_change_inside_a_value_is_seen() -> None:
    context = Context({"cart": ["tea"]})
    context["cart"].append("pot")

    assert context.merged_into({"cart": ["tea"]}) == {"cart": ["tea", "pot"]}


def test_only_the_changed_keys_are_put_into_the_newest_context() -> None:
    context = Context({"a": 1, "b": 2, "c": 3})
    context["a"] = 10
    del context["c"]

    assert context.merged_into({"a": 5, "b": 6, "c": 7, "d": 8}) == {"a": 10, "b": 6, "d": 8}


def test_numbers_and_text_of_any_size_survive() -> None:
    huge = 123456789012345678901234567890
    context = Context(msgspec.json.decode(b'{"huge": 123456789012345678901234567890, "text": "\xf0\x9f\xab\x96"}'))
    context["new"] = True

    assert context.merged_into(context) == {"huge": huge, "text": "🫖", "new": True}


def test_an_emptied_context_is_sent_so_that_it_has_an_effect_and_reads_as_empty() -> None:
    context = Context({"a": 1})
    context.clear()

    sent = context.merged_into({"a": 1})

    assert sent
    assert dict(Context(sent)) == {}
    context["b"] = 2
    assert context.merged_into(sent) == {"b": 2}


@pytest.mark.parametrize(("length", "fits"), [(10_240, True), (10_241, False)])
def test_the_platforms_limit_is_kept_to_the_byte(length: int, fits: bool) -> None:  # noqa: FBT001
    context = Context()
    context["a"] = "é" + "x" * (length - len('{"a":""}') - 2)

    if fits:
        assert context.merged_into({}) is not None
    else:
        with pytest.raises(ContextTooLarge, match="10,241 bytes"):
            context.merged_into({})


def test_a_context_can_be_a_typed_record() -> None:
    context = Context({"number": 7})

    order = context.read(Order)
    order.asked += 1
    context.write(order)

    assert context.merged_into({"number": 7}) == {"number": 7, "asked": 1}
    with pytest.raises(msgspec.ValidationError):
        Context({"number": "seven"}).read(Order)


async def test_a_bot_sends_the_context_once_on_the_first_event() -> None:
    bot = Bot()

    @bot.on_message
    async def count(chat: Chat) -> None:
        chat.context["count"] = chat.context.get("count", 0) + 1
        chat.reply("one")
        chat.reply("two")

    events = await answered(bot, "message", context={"count": 1, "kept": "yes"}, body="x")

    assert [event["info"].get("context") for event in events] == [{"count": 2, "kept": "yes"}, None]


async def test_a_context_travels_even_where_nothing_is_said() -> None:
    bot = Bot()

    @bot.on_message
    async def remember(chat: Chat) -> None:
        chat.step = "quiet"

    events = await answered(bot, "message", body="x")

    assert events[0]["info"]["context"] == {"step": "quiet"}
    assert events[0]["packet"] == {"name": "typing", "payload": {"seconds": 0}}


@pytest.mark.parametrize("kept", [{"step": 5}, {}, {"step": None}])
async def test_a_step_that_is_no_text_is_no_step(kept: dict[str, Any]) -> None:
    bot, seen = Bot(), list[str | None]()

    @bot.on_message
    async def look(chat: Chat) -> None:
        seen.append(chat.step)

    await answered(bot, "message", context=kept, body="x")

    assert seen == [None]
