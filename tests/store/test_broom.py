"""What is past its time goes, and nothing else does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from frontdesk.core.change import Change, Remembered
from frontdesk.core.ids import Cid, ContactId, ConversationId, Instant, MessageId, Seq
from frontdesk.core.session import Session
from frontdesk.store.sweeping import DAY_MS
from tests.kit.making import ADA, CONTACT, NOON
from tests.store.doing import CV, ENDED, Store, append, conversation, look, put
from tests.store.test_reader import attempt

CID = Cid("chatbot::1:0001")
TOMORROW = Instant(NOON + DAY_MS + 1)


async def test_nothing_goes_before_its_time(store: Store) -> None:
    await store.ledger.run(put(Change(attempts=(attempt(0, bot_id=ADA.id, cid="c"),))))

    gone = await store.broom.sweep(Instant(NOON + DAY_MS))

    assert gone == 0
    assert await store.reader.conversation(CV) is not None


async def test_remembered_answers_go_after_a_day(store: Store) -> None:
    old = Remembered(bot_id=ADA.id, key="old", body_sha256="", status=200, answer=b"", at=NOON)
    new = replace(old, key="new", at=TOMORROW)
    await store.ledger.run(put(Change(remembered=(old, new), conversations=(conversation(spoken=True),))))

    gone = await store.broom.sweep(TOMORROW)

    seen = look(
        lambda state: (state.remembered(ADA.id, "old"), state.remembered(ADA.id, "new")),
        remembered=frozenset({(ADA.id, "old"), (ADA.id, "new")}),
    )
    assert gone == 1
    assert await store.ledger.run(seen) == (None, new)


async def test_the_delivery_log_goes_after_thirty_days(store: Store) -> None:
    log = (attempt(0, bot_id=ADA.id, cid="c"), attempt(10, bot_id=ADA.id, cid="c"))
    await store.ledger.run(put(Change(attempts=log, conversations=(conversation(spoken=True),))))

    gone = await store.broom.sweep(Instant(NOON + 30 * DAY_MS + 5))

    assert gone == 1
    assert await store.reader.attempts() == log[1:]


async def test_a_conversation_without_a_word_goes_with_its_contact(store: Store) -> None:
    session = Session(cid=CID, conversation_id=CV, bot_id=ADA.id, opened_at=NOON, cursor=Seq(0))
    await store.ledger.run(append("start", message_id="m1"))
    await store.ledger.run(put(Change(sessions=(session,))))

    gone = await store.broom.sweep(TOMORROW)

    seen = look(
        lambda state: (state.session(CID), state.sent(CONTACT.id, MessageId("m1")), state.contact(CONTACT.id)),
        sessions=frozenset({CID}),
        contacts=frozenset({CONTACT.id}),
        messages=frozenset({(CONTACT.id, MessageId("m1"))}),
    )
    assert gone == 2
    assert await store.reader.conversation(CV) is None
    assert await store.reader.contact_by_token(CONTACT.widget_id, CONTACT.token_sha256) is None
    assert await store.ledger.run(seen) == (None, None, None)


async def test_a_contact_with_another_conversation_stays(store: Store) -> None:
    newest = ConversationId("cv_2")
    both = (conversation(1, charge=ENDED, spoken=True), conversation(2, created_at=Instant(NOON + 1)))
    await store.ledger.run(
        put(Change(contacts=(replace(CONTACT, conversation_id=newest, conversations=2),), conversations=both))
    )

    gone = await store.broom.sweep(TOMORROW)

    snapshot = await store.reader.snapshot(CONTACT.id, has=None, limit=1)
    assert gone == 1
    assert snapshot is not None
    assert snapshot.conversation == both[0]


async def test_a_contact_that_went_may_come_again(store: Store) -> None:
    await store.broom.sweep(TOMORROW)

    again = replace(CONTACT, id=ContactId("ct_2"), conversation_id=CV)
    await store.ledger.run(put(Change(contacts=(again,), conversations=(conversation(contact_id=again.id),))))

    found = await store.reader.contact_by_token(CONTACT.widget_id, CONTACT.token_sha256)
    assert found == again


async def test_sweeping_while_others_write_loses_nothing_of_theirs(store: Store) -> None:
    await store.ledger.run(put(Change(conversations=(conversation(spoken=True),))))

    await asyncio.gather(*(store.ledger.run(append()) for _ in range(20)), store.broom.sweep(TOMORROW))

    assert len(await store.reader.history(CV, before=Seq(100), limit=100)) == 20
