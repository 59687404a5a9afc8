"""What a contact does, through the real actions on a real store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from frontdesk.actions.end_conversation import EndConversation
from frontdesk.actions.leave_email import LeaveEmail
from frontdesk.actions.see import See
from frontdesk.actions.settle_navigation import SettleNavigation
from frontdesk.core.bot_events import Show
from frontdesk.core.charge import Ended, WithBot
from frontdesk.core.entries import Bubbles, Click, ContactUpdated, Joined, Message, Navigate, Navigated, Notice
from frontdesk.core.ids import ConversationId, MessageId, Seq
from frontdesk.core.refusals import (
    AlreadySettled,
    ConversationOver,
    Fenced,
    FieldInvalid,
    TextEmpty,
    TextTooLong,
    UnknownEntry,
    UnknownOption,
)
from tests.kit.making import ADA, WIDGET
from tests.kit.office import Office, text

WHICH = Show(content=Bubbles(body="Which?", options=("Delivery", "Returns")))


async def offered(office: Office) -> ConversationId:
    """Return a conversation whose entry 2 offers two options."""
    receipt = await office.opens(await office.contact())
    assert receipt.conversation_id is not None
    await office.answers(office.session_of(receipt.conversation_id), WHICH)
    return receipt.conversation_id


@pytest.mark.guarantee("D14")
@pytest.mark.guarantee("D15")
async def test_ten_tabs_opening_at_once_make_one_conversation_and_one_start() -> None:
    office = await Office.opened()
    contact = await office.contact()

    receipts = await asyncio.gather(*(office.opens(contact) for _ in range(10)))

    assert len({receipt.conversation_id for receipt in receipts}) == 1
    assert len(office.sessions) == 1
    conversation = receipts[0].conversation_id
    assert conversation is not None
    assert await office.log(conversation) == [Joined()]
    head = office.session_of(conversation).head
    assert head is not None
    assert (head.packet, office.session_of(conversation).events) == ("start", 1)


@pytest.mark.guarantee("D3")
async def test_a_message_sent_again_is_the_same_entry_even_with_other_words() -> None:
    office = await Office.opened()
    contact = await office.contact()

    first = await office.says(contact, "Hello", message_id=MessageId("m"))
    again = await asyncio.gather(*(office.says(contact, f"Hello {n}", message_id=MessageId("m")) for n in range(5)))

    assert set(again) == {first}
    assert first.conversation_id is not None
    assert await office.log(first.conversation_id) == [Joined(), Message(body="Hello")]


@pytest.mark.guarantee("D3")
async def test_a_message_sent_again_after_the_conversation_ended_starts_no_other() -> None:
    office = await Office.opened()
    contact = await office.contact()
    first = await office.says(contact, "Hello", message_id=MessageId("m"))
    assert first.conversation_id is not None
    await office.ledger.run(
        EndConversation(contact_id=contact, conversation_id=first.conversation_id, message_id=office.message_id())
    )

    assert await office.says(contact, "Hello", message_id=MessageId("m")) == first
    assert (await office.says(contact, "And now?")).conversation_id != first.conversation_id


async def test_where_the_widget_starts_on_a_message_an_open_panel_starts_nothing() -> None:
    office = await Office.opened(widget=replace(WIDGET, starts_on="message"))
    contact = await office.contact()

    opened = await office.opens(contact)
    said = await office.says(contact, "Hello")

    assert opened.conversation_id is None
    assert said.conversation_id is not None
    assert await office.log(said.conversation_id) == [Joined(), Message(body="Hello")]


async def test_a_proactive_panel_tells_the_bot_so() -> None:
    office = await Office.opened(widget=replace(WIDGET, starts_on="message"))

    opened = await office.opens(await office.contact(), mode="proactive")

    assert opened.conversation_id is not None
    assert (await office.conversation(opened.conversation_id)).approach_mode == "proactive"


async def test_without_a_bot_the_contact_is_told_that_nobody_is_here() -> None:
    office = await Office.opened(replace(ADA, paused=True))
    contact = await office.contact()

    opened = await office.opens(contact)
    said = await office.says(contact, "Hello")

    assert opened.conversation_id is None
    assert said.conversation_id is not None
    assert Notice(code="waiting") in await office.log(said.conversation_id)


@pytest.mark.parametrize(("body", "refusal"), [("", TextEmpty), (" \n ", TextEmpty), ("x" * 10_001, TextTooLong)])
async def test_a_message_without_text_or_with_too_much_is_refused(body: str, refusal: type[Exception]) -> None:
    office = await Office.opened()

    with pytest.raises(refusal):
        await office.says(await office.contact(), body)


@pytest.mark.guarantee("B8")
@pytest.mark.parametrize(
    ("seq", "option", "refusal"),
    [
        (2, 0, UnknownOption),
        (2, 3, UnknownOption),
        (2, -1, UnknownOption),
        (1, 1, UnknownEntry),
        (9, 1, UnknownEntry),
    ],
)
async def test_a_click_on_what_is_not_there_is_refused(seq: int, option: int, refusal: type[Exception]) -> None:
    office = await Office.opened()
    conversation = await offered(office)

    with pytest.raises(refusal):
        await office.clicks(await office.contact(), conversation=conversation, seq=seq, option=option)


@pytest.mark.guarantee("B8")
async def test_one_click_answers_and_then_the_buttons_rest() -> None:
    office = await Office.opened()
    conversation = await offered(office)
    contact = await office.contact()

    click = await office.clicks(contact, conversation=conversation, seq=2, option=2, message_id="c")
    again = await office.clicks(contact, conversation=conversation, seq=2, option=1, message_id="c")

    assert again == click
    with pytest.raises(AlreadySettled):
        await office.clicks(contact, conversation=conversation, seq=2, option=1)
    assert (await office.log(conversation))[2:] == [Click(option=2, headline="Returns", element="bubbles")]


@pytest.mark.guarantee("B8")
async def test_buttons_of_a_session_that_is_over_rest() -> None:
    office = await Office.opened()
    conversation = await offered(office)
    contact = await office.contact()
    await office.ledger.run(
        EndConversation(contact_id=contact, conversation_id=conversation, message_id=office.message_id())
    )

    with pytest.raises(ConversationOver):
        await office.clicks(contact, conversation=conversation, seq=2, option=1)


@pytest.mark.parametrize(("typed", "option"), [("2", 2), (" returns ", 2), ("1", 1), ("3", None), ("Hello", None)])
async def test_a_typed_option_is_a_click_only_for_a_bot_that_asked_for_it(typed: str, option: int | None) -> None:
    for asked in (True, False):
        office = await Office.opened(replace(ADA, typed_options=asked))
        conversation = await offered(office)

        await office.says(await office.contact(), typed)

        last = (await office.log(conversation))[-1]
        if asked and option is not None:
            assert isinstance(last, Click)
            assert last.option == option
        else:
            assert last == Message(body=typed)


@pytest.mark.guarantee("S2")
async def test_a_contact_reaches_nothing_of_another_contacts_conversation() -> None:
    office = await Office.opened()
    conversation = await offered(office)
    stranger = await office.contact("ct_2")
    commands = [
        office.clicks(stranger, conversation=conversation, seq=2, option=1),
        office.ledger.run(See(contact_id=stranger, conversation_id=conversation, seq=Seq(1))),
        office.ledger.run(
            EndConversation(contact_id=stranger, conversation_id=conversation, message_id=office.message_id())
        ),
        office.ledger.run(
            SettleNavigation(
                contact_id=stranger,
                conversation_id=conversation,
                message_id=office.message_id(),
                seq=Seq(2),
                followed=True,
            )
        ),
    ]

    results = await asyncio.gather(*commands, return_exceptions=True)

    assert [type(result) for result in results] == [UnknownEntry] * 4
    assert len(await office.log(conversation)) == 2


@pytest.mark.guarantee("B9")
async def test_one_tab_settles_a_navigation() -> None:
    office = await Office.opened()
    contact = await office.contact()
    conversation = (await office.opens(contact)).conversation_id
    assert conversation is not None
    await office.answers(office.session_of(conversation), Show(content=Navigate(url="https://shop.example/a")))

    results = await asyncio.gather(
        *(
            office.ledger.run(
                SettleNavigation(
                    contact_id=contact,
                    conversation_id=conversation,
                    message_id=MessageId(f"tab{tab}"),
                    seq=Seq(2),
                    followed=tab == 0,
                )
            )
            for tab in range(4)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(result, AlreadySettled) for result in results) == 3
    assert (await office.log(conversation))[2:] == [Navigated(followed=True)]


async def test_an_address_that_was_left_is_kept_and_confirmed() -> None:
    office = await Office.opened()
    contact = await office.contact()
    said = await office.says(contact, "Hello")
    assert said.conversation_id is not None

    left = LeaveEmail(contact_id=contact, message_id=office.message_id(), email=" ada@example.org ")
    first = await office.ledger.run(left)

    assert await office.ledger.run(left) == first
    assert (await office.log(said.conversation_id))[-2:] == [
        ContactUpdated(email="ada@example.org"),
        Notice(code="email_left"),
    ]
    with pytest.raises(FieldInvalid):
        await office.ledger.run(LeaveEmail(contact_id=contact, message_id=office.message_id(), email="ada"))


async def test_the_contact_can_end_the_conversation_once() -> None:
    office = await Office.opened()
    contact = await office.contact()
    said = await office.says(contact, "Hello")
    assert said.conversation_id is not None
    end = EndConversation(contact_id=contact, conversation_id=said.conversation_id, message_id=office.message_id())

    first, second = await asyncio.gather(office.ledger.run(end), office.ledger.run(end))

    assert first == second
    assert isinstance((await office.conversation(said.conversation_id)).charge, Ended)


@pytest.mark.guarantee("D3")
async def test_ending_with_the_id_of_a_message_ends_nothing() -> None:
    office = await Office.opened()
    contact = await office.contact()
    said = await office.says(contact, "Hello", message_id=MessageId("m"))
    assert said.conversation_id is not None

    end = EndConversation(contact_id=contact, conversation_id=said.conversation_id, message_id=MessageId("m"))

    assert await office.ledger.run(end) == said
    assert (await office.conversation(said.conversation_id)).live


async def test_what_was_seen_never_goes_back() -> None:
    office = await Office.opened()
    conversation = await offered(office)
    contact = await office.contact()

    for seq in (2, 1, 99):
        await office.ledger.run(See(contact_id=contact, conversation_id=conversation, seq=Seq(seq)))

    assert (await office.conversation(conversation)).seen_seq == 2


async def test_a_message_keeps_the_session_alive() -> None:
    office = await Office.opened()
    contact = await office.contact()
    said = await office.says(contact, "Hello")
    assert said.conversation_id is not None
    before = (await office.conversation(said.conversation_id)).expires_at
    office.clock.advance(seconds=600)

    await office.says(contact, "Still here")

    after = await office.conversation(said.conversation_id)
    assert isinstance(after.charge, WithBot)
    assert before is not None
    assert after.expires_at == before + 600_000


async def test_fifty_messages_wait_for_a_busy_bot_and_then_somebody_else_takes_over() -> None:
    office = await Office.opened()
    contact = await office.contact()
    conversation = (await office.opens(contact)).conversation_id
    assert conversation is not None

    for number in range(50):
        await office.says(contact, f"{number}")
    assert isinstance((await office.conversation(conversation)).charge, WithBot)
    holder = office.session_of(conversation)
    await office.says(contact, "one too many")

    assert Notice(code="failed") in await office.log(conversation)
    with pytest.raises(Fenced):
        await office.answers(holder, text("too late"))
    assert Message(body="too late") not in await office.log(conversation)
