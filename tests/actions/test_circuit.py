"""Circuits in the store: who changes them, and what they do to conversations and to edits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from frontdesk.actions.circuit import CloseCircuit, OpenCircuit
from frontdesk.actions.configure import SaveBot
from frontdesk.actions.dead_letter import DeadLetter
from frontdesk.core.charge import Charge, Waiting, WithBot
from frontdesk.core.delivery import Failed
from frontdesk.core.entries import BotFailed, Message
from frontdesk.core.ids import BotId
from frontdesk.core.people import Bot
from frontdesk.core.refusals import Outdated, UnknownBot
from tests.kit.making import ADA, BEA, NOON
from tests.kit.office import TIMEOUT, Office

AWAY = OpenCircuit(bot_id=ADA.id, fault="timeout", started_at=NOON)


def ada(office: Office) -> Bot:
    return office.reader.directory().bots[ADA.id]


async def charge(office: Office, name: str) -> Charge:
    """Let a contact open the panel by writing; return who is in charge."""
    contact = await office.contact(name)
    receipt = await office.says(contact, "Hello?")
    assert receipt.conversation_id is not None
    return (await office.conversation(receipt.conversation_id)).charge


async def test_the_second_process_that_opens_a_circuit_changes_nothing() -> None:
    office = await Office.opened(ADA)

    first = await office.ledger.run(AWAY)
    second = await office.ledger.run(AWAY)

    assert first is not None
    assert first.circuit.state == "open"
    assert second is None


async def test_new_conversations_pass_an_open_bot_by_and_those_it_has_go_on() -> None:
    office = await Office.opened(ADA)
    contact = await office.contact("ct_before")
    before = await office.says(contact, "Hello?")
    await office.ledger.run(AWAY)

    after = await charge(office, "ct_after")

    assert isinstance(after, Waiting)
    assert before.conversation_id is not None
    assert isinstance((await office.conversation(before.conversation_id)).charge, WithBot)


async def test_the_panel_of_a_widget_whose_bot_is_away_greets_nobody() -> None:
    office = await Office.opened(ADA)
    await office.ledger.run(AWAY)

    receipt = await office.opens(await office.contact())

    assert receipt.conversation_id is None


@pytest.mark.guarantee("F26")
async def test_of_all_who_come_when_a_probe_is_due_exactly_one_goes_to_the_bot() -> None:
    office = await Office.opened(ADA, BEA)
    await office.ledger.run(AWAY)
    office.clock.advance(seconds=15)

    charges = [await charge(office, f"ct_{number}") for number in range(5)]

    assert [one.bot_id for one in charges if isinstance(one, WithBot)] == [ADA.id, *[BEA.id] * 4]
    assert ada(office).circuit.state == "probing"


async def test_a_success_closes_a_circuit_once_it_was_open_for_fifteen_seconds() -> None:
    office = await Office.opened(ADA)
    await office.ledger.run(AWAY)

    early = await office.ledger.run(CloseCircuit(bot_id=ADA.id))
    office.clock.advance(seconds=15)
    later = await office.ledger.run(CloseCircuit(bot_id=ADA.id))

    assert early is None
    assert later is not None
    assert ada(office).circuit.state == "closed"


async def test_an_administrators_test_closes_it_at_once() -> None:
    office = await Office.opened(ADA)
    await office.ledger.run(AWAY)

    assert await office.ledger.run(CloseCircuit(bot_id=ADA.id, tested=True)) is not None
    assert await office.ledger.run(CloseCircuit(bot_id=ADA.id, tested=True)) is None


async def test_a_bot_that_is_not_there_has_no_circuit() -> None:
    office = await Office.opened(ADA)

    with pytest.raises(UnknownBot):
        await office.ledger.run(CloseCircuit(bot_id=BotId(99)))


async def test_an_edit_neither_overwrites_a_circuit_nor_is_outdated_by_it() -> None:
    office = await Office.opened(ADA)
    seen = ada(office)
    await office.ledger.run(AWAY)

    saved = await office.ledger.run(SaveBot(before=seen, after=replace(seen, first_name="Eva")))

    assert saved.first_name == "Eva"
    assert ada(office).circuit.state == "open"
    with pytest.raises(Outdated):
        await office.ledger.run(SaveBot(before=seen, after=replace(seen, first_name="Ida")))


async def test_a_bot_that_is_reached_elsewhere_now_begins_with_a_closed_circuit() -> None:
    office = await Office.opened(ADA)
    await office.ledger.run(AWAY)
    seen = ada(office)

    saved = await office.ledger.run(SaveBot(before=seen, after=replace(seen, webhook_url="https://new.example/")))

    assert saved.circuit.state == "closed"


async def test_a_paused_bot_that_is_resumed_begins_with_a_closed_circuit() -> None:
    office = await Office.opened(ADA)
    await office.ledger.run(AWAY)
    paused = await office.ledger.run(SaveBot(before=ada(office), after=replace(ada(office), paused=True)))

    resumed = await office.ledger.run(SaveBot(before=paused, after=replace(paused, paused=False)))

    assert paused.circuit.state == "open"
    assert resumed.circuit.state == "closed"


async def test_the_next_bot_of_a_fallback_is_one_that_is_not_away() -> None:
    office = await Office.opened(replace(ADA, on_failure="next_bot"), BEA)
    await office.ledger.run(replace(AWAY, bot_id=BEA.id))
    contact = await office.contact()
    receipt = await office.says(contact, "Hello?")
    assert receipt.conversation_id is not None

    await office.fails(office.session_of(receipt.conversation_id), TIMEOUT)

    assert isinstance((await office.conversation(receipt.conversation_id)).charge, Waiting)


@pytest.mark.guarantee("D13")
@pytest.mark.parametrize("on_failure", ["handover", "next_bot", "message"])
async def test_a_fault_of_ours_hands_over_to_humans_whatever_the_settings_say(on_failure: str) -> None:
    office = await Office.opened(replace(ADA, on_failure=on_failure), BEA)  # type: ignore[arg-type]
    contact = await office.contact()
    receipt = await office.says(contact, "Hello?")
    assert receipt.conversation_id is not None

    await office.fails(office.session_of(receipt.conversation_id), Failed(fault="internal", received=True))

    assert isinstance((await office.conversation(receipt.conversation_id)).charge, Waiting)


@pytest.mark.guarantee("D13")
async def test_a_dead_letter_skips_what_waits_and_leaves_the_conversation_to_humans() -> None:
    office = await Office.opened(replace(ADA, events=frozenset({"session_ended"})))
    contact = await office.contact()
    receipt = await office.says(contact, "first")
    assert receipt.conversation_id is not None
    await office.says(contact, "second")
    session = office.session_of(receipt.conversation_id)
    assert session.head is not None

    record = replace(office.record(session, event_id=session.head.event_id), outcome="internal", reason="KeyError at x")
    await office.ledger.run(DeadLetter(cid=session.cid, event_id=session.head.event_id, attempt=1, record=record))
    await office.says(contact, "third")

    after = office.session_of(receipt.conversation_id)
    assert isinstance((await office.conversation(receipt.conversation_id)).charge, Waiting)
    assert after.head is None
    assert after.closed is not None
    log = await office.log(receipt.conversation_id)
    assert [one.body for one in log if isinstance(one, Message)] == ["first", "second", "third"]
    assert BotFailed(fault="internal", attempts=1) in log
    assert [one.reason for one in await office.reader.attempts()] == ["KeyError at x"]
