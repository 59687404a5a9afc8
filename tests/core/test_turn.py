"""What a bot's events do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from frontdesk.core.bot_events import Abort, BotEvent, End, Forward, Request, Show, Type, UpdateContact
from frontdesk.core.charge import Ended, Waiting
from frontdesk.core.entries import Bubbles, ContactUpdated, ConversationEnded, Message, Note, Notice, Queued
from frontdesk.core.ids import Cid
from frontdesk.core.refusals import FieldInvalid, UnknownGroup
from frontdesk.core.thread import Thread
from frontdesk.core.turn import Turned, take_turn
from tests.kit.making import SUPPORT, with_bot

HELLO = Show(content=Message(body="Hello"))


def turn(*requests: Request, context: bytes | None = None, thread: Thread | None = None) -> Turned:
    start = thread or with_bot()
    cid = start.session.cid if start.session else Cid("")
    events = [
        BotEvent(cid=cid, request=request, context=context, path=f"$[{index}]")
        for index, request in enumerate(requests)
    ]
    return take_turn(replace(start, entries=()), events)


@pytest.mark.guarantee("D18")
def test_the_entries_of_one_list_are_contiguous_and_in_order() -> None:
    turned = turn(HELLO, Show(content=Bubbles(body="Which?", options=("a", "b"))), HELLO)

    assert turned.seqs == (2, 3, 4)
    assert [entry.seq for entry in turned.thread.entries] == [2, 3, 4]


@pytest.mark.guarantee("B2")
@pytest.mark.parametrize("terminal", [End(), Abort(), Forward(), Forward(group=2)])
def test_what_follows_a_terminal_event_is_ignored(terminal: Request) -> None:
    turned = turn(HELLO, terminal, HELLO, End())

    assert turned.ignored == ("$[2]", "$[3]")
    assert not turned.thread.in_charge
    assert sum(isinstance(entry.content, Message) for entry in turned.thread.entries) == 1


def test_end_ends_the_conversation() -> None:
    turned = turn(End())

    assert isinstance(turned.thread.conversation.charge, Ended)
    assert [entry.content for entry in turned.thread.entries] == [ConversationEnded(reason="bot_ended")]
    assert turned.thread.conversation.expires_at is None


@pytest.mark.guarantee("B11")
@pytest.mark.parametrize("group", [2, "Support", "support"])
def test_a_group_is_named_by_number_or_by_name(group: int | str) -> None:
    turned = turn(Forward(group=group))

    charge = turned.thread.conversation.charge
    assert isinstance(charge, Waiting)
    assert charge.group_id == SUPPORT.id
    assert [entry.content for entry in turned.thread.entries] == [
        Queued(group_id=SUPPORT.id, reason="forwarded"),
        Notice(code="waiting"),
    ]


@pytest.mark.guarantee("B11")
@pytest.mark.parametrize("group", [3, 0, "Nobody", ""])
def test_a_forward_to_an_unknown_group_is_refused_with_the_groups_there_are(group: int | str) -> None:
    with pytest.raises(UnknownGroup, match="Support") as refused:
        turn(HELLO, Forward(group=group))

    assert refused.value.path == "$[1].packet.payload.group_id"


@pytest.mark.guarantee("B4")
@pytest.mark.parametrize(("given", "kept"), [(None, b'{"a":1}'), (b"{}", b'{"a":1}'), (b'{"b":2}', b'{"b":2}')])
def test_a_context_replaces_the_stored_one_whole_and_an_empty_one_is_ignored(given: bytes | None, kept: bytes) -> None:
    before = turn(HELLO, context=b'{"a":1}').thread

    after = turn(HELLO, context=given, thread=before).thread

    assert after.session is not None
    assert after.session.context == kept


@pytest.mark.guarantee("B10")
def test_an_update_changes_only_the_fields_it_names() -> None:
    before = with_bot()

    turned = turn(UpdateContact(name=" Grace Hopper ", email="grace@navy.example"), thread=before)

    assert turned.thread.contact == replace(before.contact, name="Grace Hopper", email="grace@navy.example")
    assert turned.thread.entries[0].content == ContactUpdated(name="Grace Hopper", email="grace@navy.example")


@pytest.mark.guarantee("B10")
@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (UpdateContact(email="nobody"), "email"),
        (UpdateContact(email="a@b"), "email"),
        (UpdateContact(email="a@b.c, d@e.f"), "email"),
        (UpdateContact(name="x" * 256), "name"),
        (UpdateContact(name="   "), "name"),
        (UpdateContact(name="a\x07b"), "name"),
        (UpdateContact(mobile_number="call me"), "mobile_number"),
    ],
)
def test_a_field_that_is_not_valid_is_refused_with_its_path(fields: UpdateContact, path: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        turn(fields)

    assert refused.value.path == f"$[0].packet.payload.{path}"


def test_typing_is_not_stored_and_ends_with_the_next_message() -> None:
    assert turn(Type(seconds=5)).typing_s == 5
    assert turn(Type(seconds=5)).seqs == ()
    assert turn(Type(seconds=5), HELLO).typing_s == 0


def test_typing_goes_on_over_what_the_contact_does_not_see() -> None:
    assert turn(Type(seconds=5), Show(content=Note(body="VIP"))).typing_s == 5
    assert turn(Type(seconds=5), UpdateContact(name="Ann")).typing_s == 5
    assert turn(Type(seconds=5), End()).typing_s == 0
