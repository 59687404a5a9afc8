"""What a command sees of the records, and what it must not ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from frontdesk.actions.ports import Footprint, State
from frontdesk.core.change import Change, Remembered
from frontdesk.core.charge import WithBot
from frontdesk.core.entries import Navigate, Navigated
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, MessageId, Seq
from frontdesk.core.people import Contact
from frontdesk.core.session import Session
from frontdesk.store.errors import OutsideFootprint
from tests.kit.making import ADA, CONTACT, NOON
from tests.store.doing import CV, Do, Store, append, conversation, look, put

CID = Cid("chatbot::1:0001")
SESSION = Session(cid=CID, conversation_id=CV, bot_id=ADA.id, opened_at=NOON, cursor=Seq(0))
IN_CHARGE = Change(
    conversations=(conversation(charge=WithBot(cid=CID, bot_id=ADA.id), bots=(ADA.id,)),), sessions=(SESSION,)
)
ANSWER = Remembered(bot_id=ADA.id, key="k1", body_sha256="00", status=200, answer=b"[]", at=NOON)


async def test_a_contact_brings_its_newest_conversation_and_the_session_in_charge(store: Store) -> None:
    await store.ledger.run(put(IN_CHARGE))

    def see(state: State) -> tuple[object, ...]:
        return state.contact(CONTACT.id), state.conversation(CV), state.session(CID), state.after_cursor(CID)

    contact, there, session, waiting = await store.ledger.run(look(see, contacts=frozenset({CONTACT.id})))

    assert contact == replace(CONTACT, conversation_id=CV)
    assert there == IN_CHARGE.conversations[0]
    assert session == SESSION
    assert list(waiting) == []  # type: ignore[call-overload]


async def test_a_session_brings_its_conversation_its_contact_and_what_it_has_not_passed(store: Store) -> None:
    await store.ledger.run(put(IN_CHARGE))
    for text in ("one", "two", "three"):
        await store.ledger.run(append(text))
    await store.ledger.run(put(Change(sessions=(replace(SESSION, cursor=Seq(1)),))))

    def see(state: State) -> tuple[Contact | None, list[Seq], bool]:
        waiting = [entry.seq for entry in state.after_cursor(CID)]
        return state.contact(CONTACT.id), waiting, state.entry(CV, Seq(3)) is not None

    contact, waiting, found = await store.ledger.run(look(see, sessions=frozenset({CID})))

    assert contact is not None
    assert waiting == [2, 3]
    assert found


async def test_a_session_sees_entries_of_commands_before_it_in_its_batch(store: Store) -> None:
    await store.ledger.run(put(IN_CHARGE))
    await store.ledger.run(append("one"))
    see: Do[list[Seq]] = look(lambda state: [entry.seq for entry in state.after_cursor(CID)], sessions=frozenset({CID}))

    _, waiting, _, more = await asyncio.gather(
        store.ledger.run(append("two")), store.ledger.run(see), store.ledger.run(append("three")), store.ledger.run(see)
    )

    assert waiting == [1, 2]
    assert more == [1, 2, 3]


async def test_a_session_that_takes_over_sees_entries_that_no_lane_had_loaded(store: Store) -> None:
    other = replace(SESSION, cid=Cid("chatbot::2:0002"), bot_id=BotId(2))
    await store.ledger.run(put(replace(IN_CHARGE, sessions=(replace(SESSION, cursor=Seq(2)),))))
    for text in ("one", "two"):
        await store.ledger.run(append(text))
    see = look(lambda state: [entry.seq for entry in state.after_cursor(other.cid)], sessions=frozenset({other.cid}))

    _, waiting = await asyncio.gather(store.ledger.run(put(Change(sessions=(other,)))), store.ledger.run(see))

    assert waiting == [1, 2]


async def test_answers_messages_and_remembered_keys_count_from_earlier_in_the_batch(store: Store) -> None:
    def see(state: State) -> list[bool]:
        return [
            state.entry(CV, Seq(1)) is not None,
            state.answer_to(CV, Seq(1)) is not None,
            state.sent(CONTACT.id, MessageId("m2")) is not None,
            state.remembered(ADA.id, "k1") == ANSWER,
        ]

    seeing = look(
        see,
        entries=frozenset({(CV, Seq(1))}),
        messages=frozenset({(CONTACT.id, MessageId("m2"))}),
        remembered=frozenset({(ADA.id, "k1")}),
    )

    before, _, _, _, after = await asyncio.gather(
        store.ledger.run(seeing),
        store.ledger.run(append(content=Navigate(url="/"), message_id="m1")),
        store.ledger.run(append(content=Navigated(followed=True), message_id="m2", answers=1)),
        store.ledger.run(put(Change(remembered=(ANSWER,)))),
        store.ledger.run(seeing),
    )
    stored = await store.ledger.run(seeing)

    assert before == [False] * 4
    assert after == [True] * 4
    assert stored == [True] * 4


async def test_a_contact_made_earlier_in_the_batch_is_there(store: Store) -> None:
    other = replace(CONTACT, id=ContactId("ct_2"), token_sha256="22" * 32, conversation_id=ConversationId("cv_2"))
    begun = Change(contacts=(other,), conversations=(conversation(2, contact_id=other.id),))
    see = look(
        lambda state: (state.contact(other.id), state.conversation(ConversationId("cv_2"))),
        contacts=frozenset({other.id}),
    )

    before, _, after = await asyncio.gather(
        store.ledger.run(look(lambda state: state.contact(other.id), contacts=frozenset({other.id}))),
        store.ledger.run(put(begun)),
        store.ledger.run(see),
    )

    assert before is None
    assert after == (other, begun.conversations[0])


async def test_what_is_not_there_is_none(store: Store) -> None:
    unknown = look(
        lambda state: (
            state.contact(ContactId("ct_9")),
            state.conversation(ConversationId("cv_9")),
            state.session(Cid("9")),
            list(state.after_cursor(Cid("9"))),
        ),
        contacts=frozenset({ContactId("ct_9")}),
        conversations=frozenset({ConversationId("cv_9")}),
        sessions=frozenset({Cid("9")}),
    )

    assert await store.ledger.run(unknown) == (None, None, None, [])


LOOKS: dict[str, Callable[[State], Any]] = {
    "contact": lambda state: state.contact(CONTACT.id),
    "conversation": lambda state: state.conversation(CV),
    "session": lambda state: state.session(CID),
    "after_cursor": lambda state: state.after_cursor(CID),
    "entry": lambda state: state.entry(CV, Seq(1)),
    "answer_to": lambda state: state.answer_to(CV, Seq(1)),
    "sent": lambda state: state.sent(CONTACT.id, MessageId("m1")),
    "remembered": lambda state: state.remembered(ADA.id, "k1"),
}


@pytest.mark.parametrize("name", LOOKS)
async def test_a_look_outside_the_footprint_is_an_error_and_no_none(store: Store, name: str) -> None:
    with pytest.raises(OutsideFootprint):
        await store.ledger.run(look(LOOKS[name]))


async def test_a_record_that_another_command_declared_is_still_outside(store: Store) -> None:
    results = await asyncio.gather(
        store.ledger.run(append("one")), store.ledger.run(look(LOOKS["conversation"])), return_exceptions=True
    )

    assert results[0] == 1
    assert isinstance(results[1], OutsideFootprint)


async def test_a_footprint_of_an_entry_does_not_bring_its_conversation(store: Store) -> None:
    footprint = Footprint(entries=frozenset({(CV, Seq(1))}))

    with pytest.raises(OutsideFootprint):
        await store.ledger.run(replace(look(LOOKS["conversation"]), footprint=footprint))
