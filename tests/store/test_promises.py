"""Promises that the store keeps under the real actions, on every store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from frontdesk.actions.configure import AddBot, AddGroup, AddWidget
from frontdesk.actions.open_panel import OpenPanel
from frontdesk.actions.say import Say
from frontdesk.core.bot_events import Forward
from frontdesk.core.change import Change
from frontdesk.core.entries import Entry, Joined, Message
from frontdesk.core.ids import ContactId, ConversationId, MessageId, Seq
from frontdesk.core.refusals import Fenced, UnknownGroup
from tests.kit.making import ADA, SUPPORT, WIDGET
from tests.kit.office import PAGE, Clock, Office, text
from tests.store.doing import Store


@pytest.fixture
async def office(empty: Store, clock: Clock) -> Office:
    """An office on each of the stores."""
    office = Office(ledger=empty.ledger, reader=empty.reader, clock=clock)
    empty.ledger.subscribe(lambda change: office.sessions.update({one.cid: one for one in change.sessions}))
    for name in ("Sales", "Support"):
        await empty.ledger.run(AddGroup(name=name))
    await empty.ledger.run(AddWidget(widget=WIDGET))
    await empty.ledger.run(AddBot(bot=replace(ADA, groups=(SUPPORT.id,), slots=500)))
    return office


@pytest.mark.guarantee("D3")
async def test_a_message_sent_again_returns_the_first_one(office: Office) -> None:
    contact = await office.contact()
    first = await office.says(contact, "hello", message_id=MessageId("m"))

    again = await asyncio.gather(
        *(office.says(contact, f"other text {number}", message_id=MessageId("m")) for number in range(5))
    )

    assert first.conversation_id is not None
    assert set(again) == {first}
    assert (await office.log(first.conversation_id)).count(Message(body="hello")) == 1
    assert len(await office.entries(first.conversation_id)) == 2


@pytest.mark.guarantee("D3")
async def test_a_message_sent_from_two_tabs_at_once_is_one(office: Office) -> None:
    contact = await office.contact()

    first, second = await asyncio.gather(
        office.says(contact, "one", message_id=MessageId("m")), office.says(contact, "two", message_id=MessageId("m"))
    )

    assert first == second


@pytest.mark.guarantee("D4")
async def test_many_writers_make_one_order_that_everybody_sees(office: Office, empty: Store) -> None:
    contact = await office.contact()
    opened = await office.says(contact, "first")
    conversation = opened.conversation_id
    assert conversation is not None
    session = office.session_of(conversation)
    pushed: list[Entry] = []
    empty.ledger.subscribe(lambda change: pushed.extend(change.entries))
    taken: list[int] = []

    async def write(writer: int) -> None:
        for number in range(200):
            command = Say(
                contact_id=contact, message_id=MessageId(f"{writer}-{number}"), body=f"{writer} {number}", page=PAGE
            )
            receipt = await empty.ledger.run(command)
            taken.append(receipt.seq or 0)

    await asyncio.gather(*(write(writer) for writer in range(32)))
    history = await empty.reader.history(conversation, before=Seq(100_000), limit=100_000)
    snapshot = await empty.reader.snapshot(contact, has=(conversation, Seq(0)), limit=100_000)

    assert session.cid
    assert snapshot is not None
    assert [entry.seq for entry in history] == list(range(1, len(history) + 1))
    assert len(set(taken)) == len(taken) == 32 * 200
    assert snapshot.entries == history
    assert tuple(pushed) == history[-len(pushed) :]
    assert len(pushed) == len(history) - 2


@pytest.mark.guarantee("D14")
@pytest.mark.guarantee("D15")
async def test_ten_tabs_that_open_at_once_join_one_conversation(office: Office, empty: Store) -> None:
    contacts = [await office.contact(f"ct_{number}") for number in range(20)]

    async def opens(contact: ContactId, tab: int) -> ConversationId | None:
        command = OpenPanel(contact_id=contact, message_id=MessageId(f"open {contact} {tab}"), mode="normal", page=PAGE)
        return (await empty.ledger.run(command)).conversation_id

    for contact in contacts:
        joined = {one for one in await asyncio.gather(*(opens(contact, tab) for tab in range(20))) if one}
        snapshot = await empty.reader.snapshot(contact, has=None, limit=100)
        assert snapshot is not None
        assert snapshot.contact.conversations == 1
        assert joined == {snapshot.contact.conversation_id}
        assert [entry.content for entry in snapshot.entries].count(Joined()) == 1


@pytest.mark.guarantee("D19")
async def test_a_list_of_which_one_event_is_refused_leaves_nothing(office: Office) -> None:
    contact = await office.contact()
    opened = await office.says(contact, "hello")
    assert opened.conversation_id is not None
    session = office.session_of(opened.conversation_id)
    before = await office.entries(opened.conversation_id)

    with pytest.raises(UnknownGroup) as refused:
        await office.calls(session, text("one"), text("two"), Forward(group=99), text("four"), text("five"))

    assert await office.entries(opened.conversation_id) == before
    assert refused.value.path == "$[2].packet.payload.group_id"
    assert [one.outcome for one in await office.reader.attempts(limit=1)] == ["refused"]


@pytest.mark.guarantee("D9")
@pytest.mark.guarantee("D10")
async def test_an_answer_applied_twice_at_once_takes_effect_once(office: Office) -> None:
    contact = await office.contact()
    opened = await office.says(contact, "hello")
    assert opened.conversation_id is not None
    session = office.session_of(opened.conversation_id)

    results = await asyncio.gather(*(office.answers(session, text("hi")) for _ in range(3)), return_exceptions=True)

    assert sum(isinstance(one, Fenced) for one in results) == 2
    assert (await office.log(opened.conversation_id)).count(Message(body="hi")) == 1


@pytest.mark.guarantee("D18")
async def test_nothing_comes_between_the_entries_of_one_list(office: Office, empty: Store) -> None:
    contact = await office.contact()
    opened = await office.says(contact, "hello")
    conversation = opened.conversation_id
    assert conversation is not None
    session = office.session_of(conversation)
    told: list[Change] = []
    empty.ledger.subscribe(told.append)

    await asyncio.gather(
        office.answers(session, *(text(f"a{number}") for number in range(5))),
        *(office.says(contact, f"c{number}") for number in range(10)),
        *(office.calls(session, *(text(f"b{number}") for number in range(5))) for _ in range(3)),
    )
    bodies = [one.body for one in await office.log(conversation) if isinstance(one, Message)]

    starts = [index for index, body in enumerate(bodies) if body in {"a0", "b0"}]
    assert len(starts) == 4
    assert all(bodies[start : start + 5] == [f"{bodies[start][0]}{number}" for number in range(5)] for start in starts)
