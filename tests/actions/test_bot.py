"""What a bot does, by answering and by calling, through the real actions on a real store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from frontdesk.actions.end_conversation import EndConversation
from frontdesk.actions.expire import Expire
from frontdesk.actions.keep_lane import ReclaimLane, ShowPatience
from frontdesk.core.attempt import Attempt
from frontdesk.core.bot_events import Abort, End, Forward, Type, UpdateContact
from frontdesk.core.charge import Ended, Waiting, WithBot
from frontdesk.core.delivery import Failed
from frontdesk.core.entries import BotFailed, Joined, Message, Notice
from frontdesk.core.ids import BotId, Cid, ConversationId
from frontdesk.core.refusals import (
    Fenced,
    KeyReused,
    Refusal,
    SessionExpired,
    SessionOver,
    TooManyCalls,
    UnknownCid,
    UnknownGroup,
)
from frontdesk.core.session import Session
from tests.kit.making import ADA, BEA
from tests.kit.office import Office, text


async def begun(office: Office) -> ConversationId:
    """Return a conversation with a bot in charge and `start` at the head of its lane."""
    receipt = await office.opens(await office.contact())
    assert receipt.conversation_id is not None
    return receipt.conversation_id


async def attempts(office: Office) -> list[Attempt]:
    return list(await office.reader.attempts(limit=1000))


@pytest.mark.guarantee("D9")
@pytest.mark.guarantee("D10")
async def test_an_answer_is_applied_exactly_once() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)

    results = await asyncio.gather(*(office.answers(session, text("Hi")) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(result, Fenced) for result in results) == 4
    assert await office.log(conversation) == [Joined(), Message(body="Hi")]
    assert sorted(one.outcome for one in await attempts(office)) == ["fenced"] * 4 + ["ok"]


@pytest.mark.guarantee("D10")
async def test_a_holder_that_lost_its_lease_cannot_apply() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    lost = office.session_of(conversation)
    office.clock.advance(seconds=60)

    await office.ledger.run(ReclaimLane(cid=lost.cid, as_of=office.clock.now))
    with pytest.raises(Fenced):
        await office.answers(lost, text("from the dead"))
    await office.answers(office.session_of(conversation), text("from the living"))

    assert await office.log(conversation) == [Joined(), Message(body="from the living")]


async def test_a_lane_that_is_held_is_not_reclaimed() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    before = office.session_of(conversation)

    await office.ledger.run(ReclaimLane(cid=before.cid, as_of=office.clock.now))

    assert office.session_of(conversation) == before


@pytest.mark.guarantee("D19")
async def test_an_answer_with_an_unknown_group_applies_nothing_and_counts_as_the_bots_fault() -> None:
    office = await Office.opened()
    conversation = await begun(office)

    await office.answers(office.session_of(conversation), text("Hi"), Forward(group="Nobody"))

    log = await office.log(conversation)
    assert Message(body="Hi") not in log
    assert BotFailed(fault="invalid_event", attempts=1) in log
    record = (await attempts(office))[0]
    assert (record.outcome, record.path) == ("invalid_event", "$[1].packet.payload.group_id")


@pytest.mark.guarantee("D19")
async def test_a_call_with_an_unknown_group_applies_nothing() -> None:
    office = await Office.opened()
    conversation = await begun(office)

    with pytest.raises(UnknownGroup):
        await office.calls(office.session_of(conversation), text("Hi"), Forward(group=77), text("Ho"))

    assert await office.log(conversation) == [Joined()]


@pytest.mark.guarantee("D22")
@pytest.mark.guarantee("B2")
@pytest.mark.parametrize("terminal", [End(), Abort(), Forward()])
async def test_after_a_terminal_event_nothing_of_the_bot_is_shown(terminal: End | Abort | Forward) -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)
    await office.calls(session, terminal)
    shown = await office.log(conversation)

    with pytest.raises(SessionOver):
        await office.calls(session, text("late"))
    applied = await office.answers(session, text("late"), text("later"))

    assert applied.ignored == ("$[0]", "$[1]")
    assert await office.log(conversation) == shown
    assert [one.outcome for one in await attempts(office)].count("late") == 2


@pytest.mark.guarantee("D21")
async def test_the_contact_who_leaves_wins_over_the_answer_that_comes_after() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)
    contact = await office.contact()

    await asyncio.gather(
        office.ledger.run(
            EndConversation(contact_id=contact, conversation_id=conversation, message_id=office.message_id())
        ),
        office.answers(session, text("late")),
    )

    assert Message(body="late") not in await office.log(conversation)


@pytest.mark.guarantee("B3")
async def test_an_expired_session_refuses_and_nothing_brings_it_back() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)
    await office.answers(session, text("Hi"))
    office.clock.advance(seconds=1800)

    await office.ledger.run(Expire(conversation_id=conversation))
    with pytest.raises(SessionExpired):
        await office.calls(session, text("late"))
    said = await office.says(await office.contact(), "Hello again")

    assert isinstance((await office.conversation(conversation)).charge, Ended)
    assert said.conversation_id != conversation
    assert said.conversation_id is not None
    assert office.session_of(said.conversation_id).cid != session.cid


async def test_a_session_does_not_expire_before_its_time_or_twice() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    await office.answers(office.session_of(conversation), text("Hi"))
    office.clock.advance(seconds=1799)
    await office.ledger.run(Expire(conversation_id=conversation))
    assert isinstance((await office.conversation(conversation)).charge, WithBot)

    office.clock.advance(seconds=1)
    await asyncio.gather(*(office.ledger.run(Expire(conversation_id=conversation)) for _ in range(3)))

    assert len(await office.log(conversation)) == 3


@pytest.mark.guarantee("B1")
async def test_a_cid_of_another_bot_looks_unknown() -> None:
    office = await Office.opened(ADA, BEA)
    conversation = await begun(office)
    session = office.session_of(conversation)

    with pytest.raises(UnknownCid) as foreign:
        await office.calls(session, text("x"), bot_id=BotId(2))
    with pytest.raises(UnknownCid) as unknown:
        await office.calls(replace(session, cid=Cid("chatbot::1:00")), text("x"))

    assert foreign.value.detail == unknown.value.detail
    assert await office.log(conversation) == [Joined()]


@pytest.mark.guarantee("B6")
async def test_the_21st_call_of_a_minute_is_refused_and_another_cid_is_not() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)
    other = await office.opens(await office.contact("ct_2"))
    assert other.conversation_id is not None

    left = [(await office.calls(session, text(f"{n}"))).remaining for n in range(20)]
    with pytest.raises(TooManyCalls) as refused:
        await office.calls(session, text("21"))
    await office.calls(office.session_of(other.conversation_id), text("free"))
    office.clock.advance(seconds=60)
    await office.calls(session, text("again"))

    assert left == list(range(19, -1, -1))
    assert refused.value.retry_after_ms == 60_000
    assert Message(body="21") not in await office.log(conversation)


@pytest.mark.guarantee("B6")
async def test_refused_calls_count_and_answers_do_not() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)
    await office.answers(session, text("Hi"))

    for _ in range(19):
        with pytest.raises(UnknownGroup):
            await office.calls(session, Forward(group=77))
    called = await office.calls(session, text("the 20th"))

    assert called.remaining == 0
    with pytest.raises(TooManyCalls):
        await office.calls(session, text("21"))


@pytest.mark.guarantee("B7")
async def test_a_key_sent_again_is_answered_the_same_and_done_once() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)

    results = await asyncio.gather(*(office.calls(session, text("once"), key="k", body="b") for _ in range(20)))

    assert sum(result.repeated is None for result in results) == 1
    assert {result.repeated.answer for result in results if result.repeated} == {b"(2,)"}
    assert await office.log(conversation) == [Joined(), Message(body="once")]
    with pytest.raises(KeyReused):
        await office.calls(session, text("other"), key="k", body="c")


@pytest.mark.guarantee("B7")
async def test_a_key_belongs_to_one_bot() -> None:
    office = await Office.opened(ADA, BEA)
    conversation = await begun(office)
    await office.calls(office.session_of(conversation), text("once"), key="k", body="b")

    with pytest.raises(UnknownCid):
        await office.calls(office.session_of(conversation), text("once"), key="k", body="b", bot_id=BotId(2))


@pytest.mark.guarantee("B5")
async def test_the_context_and_the_events_of_one_answer_are_saved_together() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)

    await office.answers(session, text("Hi"), context=b'{"step":1}')
    await office.says(await office.contact(), "next")
    with_context = office.session_of(conversation)
    await office.answers(with_context, Forward(group="Nobody"), context=b'{"step":2}')

    assert with_context.head is not None
    assert b'"context":{"step":1}' in with_context.head.body
    assert office.session_of(conversation).context == b'{"step":1}'


@pytest.mark.guarantee("D18")
async def test_lists_that_race_are_never_interleaved() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)
    lists = [[text(f"{name}{n}") for n in range(5)] for name in "abcdefgh"]

    await asyncio.gather(
        office.answers(session, *lists[0]), *(office.calls(session, *requests) for requests in lists[1:])
    )

    bodies = [content.body for content in await office.log(conversation) if isinstance(content, Message)]
    runs = [bodies[start : start + 5] for start in range(0, len(bodies), 5)]
    assert sorted(run[0][0] for run in runs) == list("abcdefgh")
    assert all(run == [f"{run[0][0]}{n}" for n in range(5)] for run in runs)


@pytest.mark.guarantee("D20")
async def test_the_patience_line_is_shown_once() -> None:
    office = await Office.opened(replace(ADA, patience_line="Just a moment"))
    conversation = await begun(office)
    head = office.session_of(conversation).head
    assert head is not None
    show = ShowPatience(cid=office.session_of(conversation).cid, event_id=head.event_id)

    await asyncio.gather(*(office.ledger.run(show) for _ in range(3)))

    assert await office.log(conversation) == [Joined(), Notice(code="patience", text="Just a moment")]


async def test_a_patience_line_for_an_event_that_was_answered_is_not_shown() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)
    assert session.head is not None
    await office.answers(session)

    await office.ledger.run(ShowPatience(cid=session.cid, event_id=session.head.event_id))

    assert await office.log(conversation) == [Joined()]


async def test_three_attempts_inside_the_deadline_and_then_the_fallback() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    refused = Failed(fault="connect", received=False)

    due = [await office.fails(office.session_of(conversation), refused) for _ in range(3)]

    assert due[0] is not None
    assert due[1] is not None
    assert due[2] is None
    assert isinstance((await office.conversation(conversation)).charge, Waiting)
    assert [one.number for one in await attempts(office)] == [3, 2, 1]


async def test_a_bot_that_is_gone_is_paused() -> None:
    office = await Office.opened()
    conversation = await begun(office)

    await office.fails(office.session_of(conversation), Failed(fault="gone", received=True, status=410))

    assert office.reader.directory().bots[BotId(1)].paused
    assert (await office.opens(await office.contact("ct_2"))).conversation_id is None


async def test_typing_is_told_and_not_stored() -> None:
    office = await Office.opened()
    conversation = await begun(office)

    applied = await office.answers(office.session_of(conversation), Type(seconds=7))

    assert applied.typing_s == 7
    assert await office.log(conversation) == [Joined()]


@pytest.mark.guarantee("B10")
async def test_an_updated_contact_is_what_the_next_call_tells() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    await office.answers(office.session_of(conversation), UpdateContact(name="Grace", email="grace@navy.example"))

    await office.says(await office.contact(), "Hello")

    session: Session = office.session_of(conversation)
    assert session.head is not None
    assert b'"name":"Grace","email":"grace@navy.example"' in session.head.body


async def test_every_refusal_of_a_call_is_logged_with_its_reason() -> None:
    office = await Office.opened()
    conversation = await begun(office)
    session = office.session_of(conversation)

    with pytest.raises(Refusal):
        await office.calls(session, UpdateContact(email="nobody"))

    record = (await attempts(office))[0]
    assert (record.door, record.outcome, record.path) == ("api", "refused", "$[0].packet.payload.email")
    assert "e-mail address" in record.reason
