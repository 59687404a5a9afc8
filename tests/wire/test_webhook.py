"""The body of a webhook call, key by key."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from frontdesk.core.conversation import Page
from frontdesk.core.entries import ByContact, Click, Message
from frontdesk.core.given import Draft
from frontdesk.core.ids import EventId, Seq
from frontdesk.core.session import Closed, PacketName
from frontdesk.core.thread import Thread
from frontdesk.wire.webhook import WireScribe
from tests.kit.making import ADA, NOON, says, with_bot

SECRET_PAGE = Page(url="https://shop.example/tea?session=s3cret#top", referrer="https://search.example/?q=me")


def draft_of(thread: Thread, packet: PacketName = "message") -> Draft:
    assert thread.session is not None
    return Draft(
        widget=thread.widget,
        bot=ADA,
        contact=thread.contact,
        conversation=thread.conversation,
        session=thread.session,
        packet=packet,
        entry=thread.entries[-1],
        event_id=EventId("evt_1"),
        seq=2,
        operators_online=False,
    )


def body(draft: Draft) -> dict[str, dict[str, object]]:
    document: dict[str, dict[str, object]] = json.loads(WireScribe().body(draft))
    return document


def test_the_call_has_every_key_of_the_protocol_and_no_other() -> None:
    document = body(draft_of(says(with_bot(), "Hello")))

    assert document == {
        "info": {
            "cid": f"chatbot::1:{1:032x}",
            "approach_mode": "normal",
            "contact": {
                "id": "ct_1",
                "name": None,
                "email": None,
                "mobile_number": None,
                "phone_number": None,
                "company": None,
                "external_customer_id": None,
                "city": None,
                "street": None,
                "country": None,
                "salutation": None,
                "gender": None,
                "locale": None,
                "custom_field_data": None,
                "is_new": True,
            },
            "context": {},
            "widget": {"id": 1, "key": "wk_shop", "name": "Shop", "language": "en"},
            "conversation": {
                "id": "cv_1",
                "status": "with_bot",
                "created_at": "2027-01-15T08:00:00.000Z",
                "url": None,
                "referrer": None,
                "previous_messages": 1,
            },
            "event_id": "evt_1",
            "seq": 2,
            "operators_online": False,
        },
        "packet": {"name": "message", "payload": {"body": "Hello"}},
    }


@pytest.mark.guarantee("P5")
def test_the_query_of_a_page_is_kept_from_the_bot_unless_its_settings_allow_it() -> None:
    thread = says(with_bot(), "Hello")
    thread = replace(thread, conversation=replace(thread.conversation, page=SECRET_PAGE))
    draft = draft_of(thread)

    hidden = body(draft)["info"]["conversation"]
    shown = body(replace(draft, bot=replace(ADA, sees_page_query=True)))["info"]["conversation"]

    assert isinstance(hidden, dict)
    assert isinstance(shown, dict)
    assert (hidden["url"], hidden["referrer"]) == ("https://shop.example/tea", "https://search.example/")
    assert shown["url"] == SECRET_PAGE.url


@pytest.mark.guarantee("B4")
def test_the_context_is_echoed_as_its_bytes() -> None:
    context = '{"big":123456789012345678901234567890,"z":1,"a":"ü\\u00fc"}'.encode()
    thread = says(with_bot(), "Hello")
    assert thread.session is not None
    thread = replace(thread, session=replace(thread.session, context=context))

    assert b'"context":' + context + b"," in WireScribe().body(draft_of(thread))


def test_a_click_names_the_option_from_one_and_what_was_clicked() -> None:
    click = Click(option=2, headline="Returns", element="bubbles")
    thread = with_bot().append(ByContact(), click, answers=Seq(1))

    packet = body(draft_of(thread, "click"))["packet"]

    payload = {"option": 2, "headline": "Returns", "element": "bubbles", "seq": 1}
    assert packet == {"name": "click", "payload": payload}


def test_start_has_an_empty_payload() -> None:
    assert body(draft_of(with_bot(), "start"))["packet"] == {"name": "start", "payload": {}}


def test_session_ended_tells_why() -> None:
    thread = with_bot()
    assert thread.session is not None
    closed = Closed(at=NOON, reason="expired", seq=Seq(1))
    thread = replace(thread, session=replace(thread.session, closed=closed))

    packet = body(draft_of(thread, "session_ended"))["packet"]

    assert packet == {"name": "session_ended", "payload": {"reason": "expired"}}


def test_an_entry_that_cannot_be_the_packet_is_a_bug() -> None:
    thread = with_bot().append(ByContact(), Message(body="Hello"))

    with pytest.raises(AssertionError, match="cannot be a click"):
        WireScribe().body(draft_of(thread, "click"))
