"""Every record comes back as it was saved."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.change import Change, Remembered
from frontdesk.core.charge import Charge, Ended, Waiting, WithBot
from frontdesk.core.conversation import Offered, Page
from frontdesk.core.entries import (
    Author,
    BotFailed,
    Bubbles,
    ByBot,
    ByContact,
    BySystem,
    Card,
    Carousel,
    Click,
    ContactUpdated,
    Content,
    ConversationEnded,
    Entry,
    Joined,
    Message,
    Navigate,
    Navigated,
    Note,
    Notice,
    Queued,
)
from frontdesk.core.ids import Cid, EventId, Instant, MessageId, Seq
from frontdesk.core.people import ApiToken, Look, SigningSecret
from frontdesk.core.session import Closed, Head, Session
from tests.kit.making import ADA, CONTACT, NOON, SALES, SUPPORT, WIDGET
from tests.store.doing import CV, ENDED, Store, append, conversation, look, put

CID = Cid("chatbot::1:0001")
CONTENTS: tuple[Content, ...] = (
    Message(body="Grüße, «Welt»\n😀", format="markdown"),
    Bubbles(body="Which?", options=("One", "Two"), fallback="Say which"),
    Carousel(
        body="Look", options=(Card(headline="A", subheadline="b", media="https://x.example/a.png"), Card(headline="B"))
    ),
    Click(option=2, headline="Two", element="bubbles"),
    Navigate(url="https://shop.example/", fallback="Go there"),
    Navigated(followed=False),
    Note(body="angry"),
    Joined(),
    Queued(group_id=SUPPORT.id, reason="forwarded"),
    BotFailed(fault="timeout", attempts=2),
    ContactUpdated(email="rosa@shop.example"),
    Notice(code="patience", text=None),
    ConversationEnded(reason="bot_ended"),
)
AUTHORS: tuple[Author, ...] = (ByContact(), ByBot(ADA.id, CID, "Ada Ø"), BySystem())
CHARGES: tuple[Charge, ...] = (
    WithBot(cid=CID, bot_id=ADA.id),
    Waiting(group_id=SALES.id, since=NOON, reason="aborted"),
    Ended(at=NOON, reason="expired"),
)
HEAD = Head(
    event_id=EventId("evt_1"),
    packet="click",
    entry_seq=Seq(1),
    body=b'{ "body":\t"\xc3\xa9\\u00e9" }\n',
    since=NOON,
    deadline=Instant(NOON + 20_000),
    attempt=3,
    holder="p1",
    attempt_at=Instant(NOON + 4_000),
    lease_until=Instant(NOON + 26_000),
    patience_at=Instant(NOON + 8_000),
)
SESSION = Session(
    cid=CID,
    conversation_id=CV,
    bot_id=ADA.id,
    opened_at=NOON,
    context=b'{"n" : 1.10}',
    closed=Closed(at=NOON, reason="forwarded", seq=Seq(7)),
    cursor=Seq(4),
    events=9,
    head=HEAD,
    calls=(NOON, Instant(NOON + 1)),
)


def test_the_examples_are_complete() -> None:
    assert {type(one) for one in CONTENTS} == set(get_args(Content))
    assert {type(one) for one in AUTHORS} == set(get_args(Author))
    assert {type(one) for one in CHARGES} == set(get_args(Charge))


@pytest.mark.parametrize("content", CONTENTS, ids=lambda one: type(one).__name__)
async def test_an_entry_comes_back(store: Store, content: Content) -> None:
    await store.ledger.run(append(content=content, message_id="m1"))

    entry = await store.reader.entry(CV, Seq(1))

    assert entry is not None
    assert entry.content == content
    assert entry.message_id == "m1"


@pytest.mark.parametrize("author", AUTHORS, ids=lambda one: type(one).__name__)
async def test_an_author_comes_back(store: Store, author: Author) -> None:
    entry = Entry(
        conversation_id=CV,
        contact_id=CONTACT.id,
        seq=Seq(1),
        at=NOON,
        author=author,
        content=Joined(),
        message_id=MessageId("m1"),
    )
    change = Change(conversations=(conversation(last_seq=Seq(1)),), entries=(entry,))

    await store.ledger.run(put(change))

    assert await store.reader.entry(CV, Seq(1)) == entry


@pytest.mark.parametrize("charge", CHARGES, ids=lambda one: type(one).__name__)
async def test_a_conversation_comes_back(store: Store, charge: Charge) -> None:
    full = conversation(
        charge=charge,
        approach_mode="proactive",
        page=Page(url="https://shop.example/?a=1", title="Shop", referrer=None),
        previous=3,
        spoken=True,
        bots=(ADA.id,),
        active_at=Instant(NOON + 5),
        expires_at=Instant(NOON + 6),
        seen_seq=Seq(2),
        offered=Offered(seq=Seq(1), element="carousel", headlines=("A", "B")),
    )

    await store.ledger.run(put(Change(conversations=(full,))))

    assert await store.reader.conversation(CV) == full


@pytest.mark.guarantee("D8")
@pytest.mark.parametrize("session", [SESSION, replace(SESSION, closed=None, head=None, context=b"{}", calls=())])
async def test_a_session_comes_back_with_the_same_bytes(store: Store, session: Session) -> None:
    await store.ledger.run(put(Change(sessions=(session,), conversations=(conversation(1),))))

    assert await store.ledger.run(look(lambda state: state.session(CID), sessions=frozenset({CID}))) == session


async def test_a_contact_comes_back(store: Store) -> None:
    full = replace(
        CONTACT,
        conversation_id=CV,
        previous_token_sha256="11" * 32,
        name="Rosa",
        email="rosa@shop.example",
        mobile_number="+49 1",
        locale="de",
        custom_field_data={"plan": "gold"},
        conversations=4,
    )

    await store.ledger.run(put(Change(contacts=(full,))))

    snapshot = await store.reader.snapshot(CONTACT.id, has=None, limit=1)
    assert snapshot is not None
    assert snapshot.contact == full


async def test_the_configuration_comes_back_and_is_there_with_the_commit(configured: Store) -> None:
    widget = replace(WIDGET, look=Look(accent="#000000", side="left"), domains=("a.example", "b.example:8080"))
    bot = replace(
        ADA,
        webhook_headers=(("X-Shop", "1"),),
        tokens=(ApiToken(sha256="ab", prefix="ft_12", created_at=NOON, expires_at=None),),
        secrets=(SigningSecret(secret="whsec_x", created_at=NOON),),
        events=frozenset({"session_ended", "file"}),
        idempotent=True,
    )

    await configured.ledger.run(put(Change(widgets=(widget,), bots=(bot,))))

    directory = configured.reader.directory()
    assert directory.widgets[WIDGET.id] == widget
    assert directory.bots[ADA.id] == bot
    assert directory.groups == {SALES.id: SALES, SUPPORT.id: SUPPORT}


async def test_an_attempt_comes_back(store: Store) -> None:
    attempt = Attempt(
        id="0" * 32,
        door="webhook",
        bot_id=ADA.id,
        cid=CID,
        conversation_id=CV,
        event_id=EventId("evt_1"),
        packet="message",
        number=1,
        started_at=NOON,
        timings=Timings(dns=0.1, total=12.5),
        outcome="http_5xx",
        status=502,
        reason="The bot answered 502.",
        request_headers=(("webhook-id", "evt_1"),),
        response_excerpt="<html>",
        ignored=("$.extra",),
    )

    await store.ledger.run(put(Change(attempts=(attempt,))))

    assert await store.reader.attempts() == (attempt,)


async def test_a_remembered_answer_comes_back_with_the_same_bytes(store: Store) -> None:
    answer = Remembered(bot_id=ADA.id, key="k", body_sha256="00", status=200, answer=b"\x00\xff", at=NOON)

    await store.ledger.run(put(Change(remembered=(answer,))))

    seen = look(lambda state: state.remembered(ADA.id, "k"), remembered=frozenset({(ADA.id, "k")}))
    assert await store.ledger.run(seen) == answer


async def test_one_conversation_may_end_and_another_begin_in_one_commit(store: Store) -> None:
    both = Change(conversations=(conversation(2), conversation(1, charge=ENDED)))

    await store.ledger.run(put(both))

    found = await store.reader.conversation(conversation(2).id)
    assert found is not None
    assert found.live
