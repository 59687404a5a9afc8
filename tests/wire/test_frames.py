"""What a contact's browser is told of an entry."""

from __future__ import annotations

import json

import pytest

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
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, MessageId, Seq
from frontdesk.protocol.widget import Entries
from frontdesk.wire.frames import encode, entry_view
from tests.kit.making import NOON

BOT = ByBot(bot_id=BotId(1), cid=Cid("chatbot::1:ab"), name="Ada")
CARDS = (Card(headline="Tea", subheadline="Green", media="https://img.example/1.png"), Card(headline="Cup"))


def shown(content: Content, author: Author = BOT, **more: object) -> dict[str, object]:
    entry = Entry(
        conversation_id=ConversationId("cv_1"),
        contact_id=ContactId("ct_1"),
        seq=Seq(7),
        at=NOON,
        author=author,
        content=content,
        message_id=MessageId("m1") if isinstance(author, ByContact) else None,
        answers=Seq(5) if isinstance(content, Click | Navigated) else None,
    )
    view: dict[str, object] = json.loads(encode(Entries(conversation="cv_1", entries=[entry_view(entry)])))["entries"][
        0
    ]
    assert (view.pop("seq"), view.pop("at")) == (7, NOON)
    return view


@pytest.mark.parametrize(
    ("content", "author", "expected"),
    [
        (Message(body="Hi"), ByContact(), {"kind": "message", "message_id": "m1", "body": "Hi"}),
        (Message(body="*Hi*", format="markdown"), BOT, {"kind": "message", "body": "*Hi*", "format": "markdown"}),
        (Bubbles(body="?", options=("a", "b")), BOT, {"kind": "bubbles", "body": "?", "options": ["a", "b"]}),
        (
            Carousel(body="?", options=CARDS),
            BOT,
            {
                "kind": "carousel",
                "body": "?",
                "options": [
                    {"headline": "Tea", "subheadline": "Green", "media": "/media/cv_1/7/1"},
                    {"headline": "Cup"},
                ],
            },
        ),
        (
            Click(option=2, headline="b", element="bubbles"),
            ByContact(),
            {"kind": "click", "message_id": "m1", "of": 5, "option": 2, "headline": "b"},
        ),
        (Navigate(url="https://a.example/"), BOT, {"kind": "navigate", "url": "https://a.example/"}),
        (Navigated(followed=True), ByContact(), {"kind": "navigated", "message_id": "m1", "of": 5, "followed": True}),
        (Joined(), BOT, {"kind": "joined"}),
        (Queued(group_id=None, reason="forwarded"), BySystem(), {"kind": "queued", "reason": "forwarded"}),
        (Notice(code="patience"), BySystem(), {"kind": "notice", "code": "patience"}),
        (ConversationEnded(reason="expired"), BySystem(), {"kind": "ended", "reason": "expired"}),
    ],
)
def test_each_kind_of_entry_has_its_view(content: Content, author: Author, expected: dict[str, object]) -> None:
    view = shown(content, author)

    view.pop("author")
    assert view == expected


@pytest.mark.parametrize(
    "content", [Note(body="secret"), BotFailed(fault="timeout", attempts=3), ContactUpdated(email="secret@x.example")]
)
def test_what_is_for_operators_leaves_the_contact_a_number_and_nothing_else(content: Content) -> None:
    view = shown(content)

    assert view == {"kind": "hidden", "author": {"kind": "system"}}


def test_an_entry_tells_the_name_of_the_bot_but_not_its_cid() -> None:
    assert shown(Joined())["author"] == {"kind": "bot", "name": "Ada"}
