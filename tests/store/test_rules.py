"""What no store lets happen, whoever asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from frontdesk.core.change import Change
from frontdesk.core.entries import Navigated
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, Seq, WidgetId
from frontdesk.core.session import Session
from frontdesk.store.errors import RuleBroken
from tests.kit.making import ADA, BEA, CONTACT, NOON, WIDGET
from tests.store.doing import CV, Store, append, conversation, put

STRANGER = replace(CONTACT, id=ContactId("ct_9"), token_sha256="99" * 32)
BROKEN = {
    "a second live conversation": Change(conversations=(conversation(2),)),
    "a conversation of nobody": Change(conversations=(conversation(2, contact_id=ContactId("ct_8")),)),
    "a conversation of no widget": Change(conversations=(conversation(2, widget_id=WidgetId(9)),)),
    "a contact of no widget": Change(contacts=(replace(STRANGER, widget_id=WidgetId(9)),)),
    "somebody else's token": Change(contacts=(replace(STRANGER, token_sha256=CONTACT.token_sha256),)),
    "a session without a conversation": Change(
        sessions=(
            Session(cid=Cid("c"), conversation_id=ConversationId("cv_9"), bot_id=ADA.id, opened_at=NOON, cursor=Seq(0)),
        )
    ),
    "a session without a bot": Change(
        sessions=(Session(cid=Cid("c"), conversation_id=CV, bot_id=BotId(9), opened_at=NOON, cursor=Seq(0)),)
    ),
    "two widgets with one key": Change(widgets=(replace(WIDGET, id=WidgetId(2)),)),
    "two bots with one public id": Change(bots=(replace(BEA, public_id=ADA.public_id),)),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
async def test_a_change_that_breaks_a_rule_is_not_saved(store: Store, change: Change) -> None:
    before = store.reader.directory()

    with pytest.raises(RuleBroken):
        await store.ledger.run(put(change))

    assert store.reader.directory() == before
    assert await store.reader.conversation(ConversationId("cv_2")) is None
    assert await store.reader.snapshot(STRANGER.id, has=None, limit=1) is None


@pytest.mark.guarantee("D3")
async def test_a_contacts_id_of_a_message_is_there_once(store: Store) -> None:
    await store.ledger.run(append("one", message_id="m1"))

    with pytest.raises(RuleBroken):
        await store.ledger.run(append("two", message_id="m1"))

    assert await store.reader.entry(CV, Seq(2)) is None


async def test_an_entry_is_settled_once(store: Store) -> None:
    await store.ledger.run(append("one"))
    await store.ledger.run(append(content=Navigated(followed=True), answers=1))

    with pytest.raises(RuleBroken):
        await store.ledger.run(append(content=Navigated(followed=False), answers=1))

    assert await store.reader.entry(CV, Seq(3)) is None


async def test_entries_say_where_their_conversation_ends(store: Store) -> None:
    await store.ledger.run(append("one"))
    entry = await store.reader.entry(CV, Seq(1))
    assert entry is not None

    with pytest.raises(RuleBroken):
        await store.ledger.run(put(Change(entries=(replace(entry, seq=Seq(2)),))))

    assert await store.reader.entry(CV, Seq(2)) is None
