"""The failure contract, by what a bot says with status 200: rows F16 to F21."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from frontdesk.core.charge import Ended, Waiting
from frontdesk.core.delivery import Failed, Fault
from frontdesk.core.entries import Message
from frontdesk.core.ids import Cid
from frontdesk.wire.events import read_answer
from tests.delivery.contract import ASKED, answers, falls_back, talked
from tests.delivery.running import bot_of, rest, running
from tests.kit.hostile_bot import OK_BODY, HostileBot, Seen
from tests.kit.hostile_json import CRUEL, NOT_JSON, OVER_LIMITS, WRONG_CONTEXTS, WRONG_EVENTS

CID = Cid("chatbot::1:0123456789abcdef0123456789abcdef")


@pytest.mark.guarantee("F16")
@pytest.mark.parametrize("path", ["html", "wrong-json", *NOT_JSON])
async def test_a_body_that_is_not_json_falls_back(path: str, bot: HostileBot) -> None:
    await falls_back(bot.url(path), fault="invalid_json", idempotent=True)


@pytest.mark.guarantee("F16")
async def test_an_empty_body_is_an_acknowledgement(bot: HostileBot) -> None:
    course = await answers(bot.url("empty"))

    assert [one for one in course.shown if isinstance(one, Message)] == [Message(body=ASKED)]


@pytest.mark.guarantee("F17")
@pytest.mark.parametrize("path", CRUEL)
async def test_cruel_json_falls_back(path: str, bot: HostileBot) -> None:
    course = await falls_back(bot.url(path), fault="invalid_json", idempotent=True)

    records = await course.one.attempts()
    assert records[0].reason


@pytest.mark.guarantee("F17")
@pytest.mark.parametrize("path", CRUEL)
def test_cruel_json_costs_next_to_nothing(path: str) -> None:
    begun = time.process_time()
    read = read_answer(CRUEL[path], cid=CID)

    assert time.process_time() - begun < 0.1
    assert isinstance(read, Failed)


@pytest.mark.guarantee("F17")
async def test_ten_thousand_keys_that_nobody_knows_are_ignored_and_a_hundred_named(bot: HostileBot) -> None:
    course = await answers(bot.url("10000-keys"))

    records = await course.one.attempts()
    assert [len(one.ignored) for one in records] == [100, 100]


@pytest.mark.guarantee("F18")
@pytest.mark.parametrize("path", ["unknown-event", *WRONG_EVENTS])
async def test_an_invalid_event_refuses_the_whole_answer(path: str, bot: HostileBot) -> None:
    course = await falls_back(bot.url(path), fault="invalid_event", idempotent=True)

    records = await course.one.attempts()
    assert records[0].path is not None
    assert records[0].path.startswith("$[")


@pytest.mark.guarantee("F18")
async def test_nothing_shows_in_another_conversation_that_an_answer_names(bot: HostileBot) -> None:
    cids: list[str] = []

    def answer(seen: Seen) -> bytes:
        cids.append(json.loads(seen.body)["info"]["cid"])
        other = {"info": {"cid": cids[0]}, "packet": {"name": "message", "payload": {"body": "for the other"}}}
        return OK_BODY if cids[-1] == cids[0] else json.dumps([other]).encode()

    bot.answer = answer
    async with running(bot_of(bot.url("ok"))) as one:
        first = (await one.office.opens(await one.office.contact("ct_1"))).conversation_id
        await rest(one)
        second = (await one.office.opens(await one.office.contact("ct_2"))).conversation_id
        await rest(one)

        assert first is not None
        assert second is not None
        assert await one.texts(first) == ["Hello from the bot."]
        assert await one.texts(second) == []
        assert await one.outcomes() == ["ok", "invalid_event"]
        assert isinstance((await one.office.conversation(second)).charge, Waiting)


@pytest.mark.guarantee("F19")
@pytest.mark.parametrize(
    ("path", "fault"), [*((path, "invalid_event") for path in OVER_LIMITS), ("1-MB-text", "too_large")]
)
async def test_an_answer_over_the_limits_falls_back(*, path: str, fault: Fault, bot: HostileBot) -> None:
    await falls_back(bot.url(path), fault=fault, idempotent=True)


@pytest.mark.guarantee("F20")
@pytest.mark.parametrize("path", WRONG_CONTEXTS)
async def test_an_invalid_context_refuses_the_answer_and_leaves_the_one_before(path: str, bot: HostileBot) -> None:
    contexts: list[dict[str, Any]] = []

    def answer(seen: Seen) -> bytes:
        contexts.append(json.loads(seen.body)["info"]["context"])
        packet = {"name": "typing", "payload": {}}
        right = json.dumps([{"info": {"context": {"step": len(contexts)}}, "packet": packet}]).encode()
        return WRONG_CONTEXTS[path] if len(contexts) == 2 else right

    bot.answer = answer
    # This bot's setting lets it go on, so that its next call can show the context.
    async with running(bot_of(bot.url("ok"), on_failure="message")) as one:
        contact = await one.office.contact()
        await one.office.opens(contact)
        await rest(one)
        for body in ("first", "second"):
            await one.office.says(contact, body)
            await rest(one)

        assert await one.outcomes() == ["ok", "invalid_context", "ok"]
    assert contexts == [{}, {"step": 1}, {"step": 1}]


@pytest.mark.guarantee("F21")
@pytest.mark.parametrize(
    ("path", "texts", "ends", "ignored"),
    [
        ("end-then-message", ["Bye."], Ended, "$[2]"),
        ("end-twice", [], Ended, "$[1]"),
        ("forward-then-end", [], Waiting, "$[1]"),
        ("abort-then-message", [], Waiting, "$[1]"),
    ],
)
async def test_the_first_event_that_ends_a_session_counts(
    *, path: str, texts: list[str], ends: type, ignored: str, bot: HostileBot
) -> None:
    async with talked(bot.url(path)) as course:
        said = [one.body for one in course.shown if isinstance(one, Message) and one.body != ASKED]

        assert said == texts
        assert isinstance((await course.one.office.conversation(course.conversation)).charge, ends)
        records = await course.one.attempts()
    assert records[0].outcome == "ok"
    assert records[0].ignored == (ignored,)
