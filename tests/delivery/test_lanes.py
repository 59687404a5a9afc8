"""From a committed head to an applied answer: order, retries, fences, fallback, restart."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from dataclasses import replace
from itertools import count, pairwise

import pytest
from structlog.testing import capture_logs

from frontdesk.actions.configure import AddBot, AddWidget
from frontdesk.actions.end_conversation import EndConversation
from frontdesk.actions.meet import Meet
from frontdesk.core.charge import Waiting
from frontdesk.core.entries import BotFailed
from frontdesk.core.ids import ContactId, ConversationId, WidgetId
from frontdesk.delivery.lanes import Lanes
from frontdesk.protocol.signature import verify
from frontdesk.store.memory import MemoryStore
from frontdesk.wire.webhook import WireScribe
from tests.delivery.running import Running, bot_of, decode, pauses, rest, running, until
from tests.kit.hostile_bot import HostileBot, Seen, closed_port
from tests.kit.making import BEA, NOON, SALES, WIDGET, Counted


async def opened(one: Running, name: str = "ct_1") -> tuple[ContactId, ConversationId]:
    """Let a contact open the panel; return her id and the conversation's."""
    contact = await one.office.contact(name)
    receipt = await one.office.opens(contact)
    assert receipt.conversation_id is not None
    return contact, receipt.conversation_id


async def test_an_answer_appears_in_the_conversation(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        _, conversation = await opened(one)
        await rest(one)

        assert await one.texts(conversation) == ["Hello from the bot."]
        assert await one.outcomes() == ["ok"]


@pytest.mark.guarantee("D8")
async def test_a_fault_that_passes_is_tried_again_inside_the_deadline_with_the_same_bytes(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("status-503,throttled-2,ok")), waits=True) as one:
        _, conversation = await opened(one)
        await until(lambda: 1.0 in pauses(one).pending())
        await pauses(one).advance(1.0)
        await until(lambda: 3.0 in pauses(one).pending())
        await pauses(one).advance(3.0)
        await rest(one)

        assert await one.texts(conversation) == ["Hello from the bot."]
        secrets = one.secrets()
    assert [seen.headers["chat-attempt"] for seen in bot.journal] == ["1", "2", "3"]
    assert len({seen.body for seen in bot.journal}) == 1
    assert {json.loads(seen.body)["info"]["event_id"] for seen in bot.journal} == {bot.journal[0].headers["webhook-id"]}
    assert [int(seen.headers["chat-deadline-ms"]) for seen in bot.journal] == [20_000, 19_000, 16_000]
    for seen in bot.journal:
        verify(seen.body, headers=seen.headers, secrets=secrets, now=NOON / 1000)


#: What the bot does each time, whether it is idempotent, the outcomes in the log.
COURSES = [
    ("status-503", False, ["http_5xx"] * 3),
    ("status-408", False, ["http_4xx"] * 3),
    ("status-429", False, ["throttled"] * 3),
    ("status-500", False, ["http_5xx"]),
    ("status-500", True, ["http_5xx"] * 3),
    ("status-500,ok", True, ["http_5xx", "ok"]),
    ("reset", False, ["reset"]),
    ("reset,ok", True, ["reset", "ok"]),
    ("busy-60", False, ["http_5xx"]),
    ("status-404", True, ["http_4xx"]),
    ("status-410", True, ["gone"]),
    ("redirect-302", True, ["redirect"]),
    ("gzip", True, ["encoding"]),
    ("too-large", True, ["too_large"]),
    ("wrong-json", True, ["invalid_json"]),
    ("html", True, ["invalid_json"]),
    ("unknown-event", True, ["invalid_event"]),
]


@pytest.mark.parametrize(("path", "idempotent", "outcomes"), COURSES)
async def test_only_faults_that_pass_are_tried_again(
    *, path: str, idempotent: bool, outcomes: list[str], bot: HostileBot
) -> None:
    async with running(bot_of(bot.url(path), idempotent=idempotent)) as one:
        _, conversation = await opened(one)
        await rest(one)

        assert await one.outcomes() == outcomes
        stored = await one.office.conversation(conversation)
        failed = [entry for entry in await one.office.log(conversation) if isinstance(entry, BotFailed)]
    if outcomes[-1] == "ok":
        assert failed == []
    else:
        assert failed == [BotFailed(fault=outcomes[-1], attempts=len(outcomes))]
        assert isinstance(stored.charge, Waiting)
    assert len({seen.body for seen in bot.journal}) == 1
    assert len(bot.journal) == len(outcomes)


async def test_a_bot_that_is_not_there_is_tried_three_times_and_then_given_up(bot: HostileBot) -> None:
    async with running(bot_of(f"http://127.0.0.1:{closed_port()}/")) as one:
        _, conversation = await opened(one)
        await rest(one)

        assert await one.outcomes() == ["connect"] * 3
        assert isinstance((await one.office.conversation(conversation)).charge, Waiting)


async def test_a_target_that_is_not_allowed_is_called_once_and_given_up() -> None:
    async with running(bot_of("http://169.254.169.254/")) as one:
        await opened(one)
        await rest(one)

        assert await one.outcomes() == ["blocked"]


@pytest.mark.guarantee("D6")
async def test_the_events_of_a_session_come_one_at_a_time_and_in_order(bot: HostileBot) -> None:
    chance = random.Random(6)
    bot.delay = lambda _: chance.random() / 50
    bot.answer = lambda seen: json.dumps({"packet": {"name": "message", "payload": {"body": said(seen)}}}).encode()
    async with running(bot_of(bot.url("ok,ok"), slots=50, idempotent=True)) as one:
        conversations = []
        for name in (f"ct_{number}" for number in range(10)):
            contact, conversation = await opened(one, name)
            conversations.append(conversation)
            for number in range(6):
                await one.office.says(contact, f"{name} {number}")
        await rest(one)

        for index, conversation in enumerate(conversations):
            answers = [text for text in await one.texts(conversation) if text.startswith("re:")]
            assert answers == ["re: start", *(f"re: ct_{index} {number}" for number in range(6))]
    by_cid = defaultdict(list)
    for seen in bot.journal:
        by_cid[json.loads(seen.body)["info"]["cid"]].append(seen)
    assert len(by_cid) == 10
    for calls in by_cid.values():
        assert [json.loads(seen.body)["info"]["seq"] for seen in calls] == list(range(1, 8))
        assert all(before.ended[0] <= after.begun for before, after in pairwise(calls))


@pytest.mark.guarantee("D7")
async def test_a_hung_bot_does_not_hold_up_another_one(bot: HostileBot) -> None:
    other = replace(WIDGET, id=WidgetId(2), key="wk_other", groups=(SALES.id,))
    async with running(bot_of(bot.url("timeout"), slots=20)) as one:
        await one.office.ledger.run(AddWidget(widget=other))
        await one.office.ledger.run(AddBot(bot=replace(BEA, groups=(SALES.id,), webhook_url=bot.url("ok"))))
        for number in range(40):
            await opened(one, f"ct_{number}")
        await until(lambda: len(bot.seen("timeout")) == 20)

        contact = ContactId("ct_of_other")
        await one.office.ledger.run(Meet(contact_id=contact, widget_id=other.id, token_sha256="ff"))
        begun = time.monotonic()
        receipt = await one.office.opens(contact)
        await until(lambda: bot.seen("ok"))
        waited = time.monotonic() - begun

        assert waited < 1.0
        assert len(bot.seen("timeout")) == 20, "a bot gets no more at once than it has slots"
        assert receipt.conversation_id is not None


@pytest.mark.guarantee("D16")
async def test_a_call_tells_of_its_own_entry_and_of_the_newest_context(bot: HostileBot) -> None:
    def answer(seen: Seen) -> bytes:
        info = {"context": {"step": json.loads(seen.body)["info"]["seq"]}}
        return json.dumps([{"info": info, "packet": {"name": "message", "payload": {"body": "next"}}}]).encode()

    bot.answer = answer
    bot.delay = lambda _: 0.1
    async with running(bot_of(bot.url("ok"))) as one:
        contact, _ = await opened(one)
        await one.office.says(contact, "first")
        await one.office.says(contact, "second")
        await rest(one)

    calls = [json.loads(seen.body) for seen in bot.journal]
    assert [call["packet"]["name"] for call in calls] == ["start", "message", "message"]
    assert [call["packet"]["payload"].get("body") for call in calls] == [None, "first", "second"]
    assert [call["info"]["context"] for call in calls] == [{}, {"step": 1}, {"step": 2}]


@pytest.mark.guarantee("D9")
@pytest.mark.guarantee("D10")
async def test_an_attempt_that_lost_its_lane_has_no_effect_and_is_logged_as_fenced(bot: HostileBot) -> None:
    delays = iter([0.4, 0.0])
    bot.delay = lambda _: next(delays)
    async with running(bot_of(bot.url("ok"))) as one:
        with capture_logs() as logs:
            _, conversation = await opened(one)
            await until(lambda: len(bot.journal) == 1)
            one.office.clock.advance(seconds=27)
            await one.lanes.sweep()
            await rest(one)

        assert await one.texts(conversation) == ["Hello from the bot."]
        assert sorted(await one.outcomes()) == ["fenced", "ok"]
    assert [seen.headers["chat-attempt"] for seen in bot.journal] == ["1", "2"]
    assert bot.journal[0].body == bot.journal[1].body
    assert [log["outcome"] for log in logs if log["event"] == "delivery.without_effect"] == ["fenced"]


@pytest.mark.guarantee("D8")
async def test_after_a_restart_the_event_comes_again_with_the_same_id_and_bytes(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("timeout,ok"))) as one:
        _, conversation = await opened(one)
        await until(lambda: len(bot.journal) == 1)
        for task in list(one.lanes._tasks):
            task.cancel()
        await rest(one)

        store = MemoryStore(one.office.shelves, now=one.office.clock, fresh=Counted(count(1_000)), scribe=WireScribe())
        outside = replace(one.lanes._outside, holder=store.holder)
        reborn = Lanes(store.ledger, store.reader, posts=one.poster, decode=decode, signals=one.seen, outside=outside)
        store.ledger.subscribe(reborn.committed)
        one.lanes._stopping = True
        await reborn.recover()
        await until(lambda: not reborn._tasks)

        assert await one.texts(conversation) == ["Hello from the bot."]
        await reborn.stop()
    assert bot.journal[0].body == bot.journal[1].body
    assert bot.journal[0].headers["webhook-id"] == bot.journal[1].headers["webhook-id"]


@pytest.mark.guarantee("D22")
async def test_an_answer_after_the_deadline_is_never_shown(bot: HostileBot) -> None:
    bot.delay = lambda _: 1.2
    async with running(bot_of(bot.url("ok"), deadline_s=1)) as one:
        _, conversation = await opened(one)
        await rest(one)

        assert await one.texts(conversation) == []
        assert await one.outcomes() == ["timeout"]


@pytest.mark.guarantee("D22")
async def test_an_answer_to_a_conversation_that_is_over_is_logged_as_late(bot: HostileBot) -> None:
    bot.delay = lambda _: 0.2
    async with running(bot_of(bot.url("ok"))) as one:
        contact, conversation = await opened(one)
        await until(lambda: len(bot.journal) == 1)
        await one.office.ledger.run(
            EndConversation(
                contact_id=contact,
                conversation_id=conversation,
                message_id=one.office.message_id(),
            )
        )
        await rest(one)

        assert await one.texts(conversation) == []
        assert await one.outcomes() == ["late"]


@pytest.mark.guarantee("D9")
async def test_an_answer_in_hand_is_applied_once_the_store_is_back(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        one.ledger.away = 5
        _, conversation = await opened(one)
        await rest(one)

        assert await one.texts(conversation) == ["Hello from the bot."]
    assert len(bot.journal) == 1


async def test_a_head_that_is_saved_again_is_not_started_twice(bot: HostileBot) -> None:
    bot.delay = lambda _: 0.2
    async with running(bot_of(bot.url("ok"))) as one:
        contact, _ = await opened(one)
        await until(lambda: len(bot.journal) == 1)
        await one.office.says(contact, "and another thing")
        calls = len(bot.journal)
        await rest(one)

    assert calls == 1
    assert [json.loads(seen.body)["packet"]["name"] for seen in bot.journal] == ["start", "message"]


async def test_dots_show_from_eight_tenths_of_a_second_until_the_answer(bot: HostileBot) -> None:
    bot.delay = lambda _: 0.3
    async with running(bot_of(bot.url("ok")), waits=True) as one:
        _, conversation = await opened(one)
        await until(lambda: bot.journal)
        before = list(one.seen.signals)
        await pauses(one).advance(0.8)
        during = list(one.seen.signals)
        await rest(one)

    assert before == []
    assert during == [(conversation, 19.2)]
    assert one.seen.signals == [(conversation, 19.2), (conversation, 0.0)]


async def test_a_bot_that_types_on_leaves_the_dots_for_as_long_as_it_says(bot: HostileBot) -> None:
    bot.answer = lambda _: b'{"packet": {"name": "typing", "payload": {"seconds": 5}}}'
    async with running(bot_of(bot.url("ok"))) as one:
        _, conversation = await opened(one)
        await rest(one)

    assert one.seen.signals[-1] == (conversation, 5.0)


async def test_stopping_lets_an_attempt_under_way_finish_and_begins_none(bot: HostileBot) -> None:
    bot.delay = lambda _: 0.2
    async with running(bot_of(bot.url("ok"))) as one:
        contact, conversation = await opened(one)
        await until(lambda: len(bot.journal) == 1)
        await one.office.says(contact, "still there?")
        await one.lanes.stop()

        assert await one.texts(conversation) == ["still there?", "Hello from the bot."]
    assert len(bot.journal) == 1


@pytest.mark.guarantee("S24")
async def test_an_attempt_is_one_wide_event_without_text_and_secrets(bot: HostileBot) -> None:
    with capture_logs() as logs:
        async with running(bot_of(bot.url("ok"), webhook_headers=(("X-Key", "canary-0001"),))) as one:
            await opened(one)
            await rest(one)
            secrets = one.secrets()

    told = [log for log in logs if log["event"] == "delivery.attempted"]
    assert len(told) == 1
    assert told[0]["outcome"] == "ok"
    assert told[0]["total_ms"] > 0
    for hidden in (*secrets, "canary", "Hello from the bot", "127.0.0.1"):
        assert hidden not in repr(logs)


async def test_a_decoder_at_fault_does_not_hold_the_lane(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        one.lanes._decode = broken
        _, conversation = await opened(one)
        await rest(one)

        assert await one.outcomes() == ["internal"]
        assert isinstance((await one.office.conversation(conversation)).charge, Waiting)


def broken(body: bytes, content_type: str, cid: str) -> tuple[tuple[()], tuple[()]]:
    raise RuntimeError("a fault of ours")


def said(seen: Seen) -> str:
    """Return what the bot answers: the message it was sent."""
    packet = json.loads(seen.body)["packet"]
    return f"re: {packet['payload'].get('body', packet['name'])}"


async def test_a_head_that_another_process_claimed_is_not_attempted_here(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        contact, _ = await opened(one)
        await rest(one)
        await one.office.says(contact, "hello")
        await rest(one)
        calls = len(bot.journal)
        store = MemoryStore(one.office.shelves, now=one.office.clock, fresh=Counted(count(1_000)), scribe=WireScribe())
        foreign = Lanes(
            store.ledger,
            store.reader,
            posts=one.poster,
            decode=decode,
            signals=one.seen,
            outside=replace(one.lanes._outside, holder=store.holder),
        )
        one.office.ledger.subscribe(foreign.committed)  # type: ignore[attr-defined]

        await one.office.says(contact, "again")
        await rest(one)

        assert not foreign._claims
        assert len(bot.journal) == calls + 1
