"""Contacts, bots, time and crashes in any order: what must hold, always holds."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from frontdesk.actions.end_conversation import EndConversation
from frontdesk.actions.expire import Expire
from frontdesk.actions.keep_lane import ReclaimLane, ShowPatience
from frontdesk.actions.leave_email import LeaveEmail
from frontdesk.core.bot_events import Abort, End, Forward, Request, Show, UpdateContact
from frontdesk.core.change import Change
from frontdesk.core.charge import Ended, Waiting, WithBot
from frontdesk.core.delivery import Failed
from frontdesk.core.entries import (
    Bubbles,
    ByBot,
    ByContact,
    Click,
    ConversationEnded,
    Entry,
    Joined,
    Message,
    Note,
    Queued,
)
from frontdesk.core.ids import Cid, ContactId, ConversationId, EventId, Instant, MessageId
from frontdesk.core.refusals import Refusal
from frontdesk.core.session import Head, Session
from tests.kit.making import ADA, BEA
from tests.kit.office import Office, text

T = TypeVar("T")

REQUESTS: st.SearchStrategy[Request] = st.sampled_from(
    [
        text("Hi"),
        Show(content=Bubbles(body="Which?", options=("a", "b"))),
        Show(content=Note(body="between us")),
        UpdateContact(name="Grace"),
        Abort(),
        End(),
        Forward(),
        Forward(group=1),
        Forward(group=77),
    ]
)
FAILURES = st.sampled_from(
    [
        Failed(fault="connect", received=False),
        Failed(fault="timeout", received=True),
        Failed(fault="http_5xx", received=True, status=503),
        Failed(fault="invalid_json", received=True, status=200),
    ]
)
CONTACTS = st.sampled_from([ContactId("ct_1"), ContactId("ct_2")])


class Chats(RuleBasedStateMachine):
    """Two contacts, two bots, and everything that can happen between them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.conversations: set[ConversationId] = set()
        #: Every event that was ever at the head of a session's lane, in order.
        self.heads: defaultdict[Cid, list[tuple[int, Head]]] = defaultdict(list)
        #: Each state that a session had with an event under way: what a slow or dead holder still believes.
        self.holders: list[Session] = []
        self.sent: list[tuple[ContactId, MessageId, object]] = []

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T | None:
        """Run it; a refusal is a fair answer."""
        try:
            return self.runner.run(coroutine)
        except Refusal:
            return None

    @initialize(second_fails_over=st.booleans())
    def open_office(self, *, second_fails_over: bool) -> None:
        first = replace(ADA, on_failure="next_bot", events=frozenset({"session_ended", "forward_failed"}))
        second = replace(BEA, on_failure="handover" if second_fails_over else "message")
        self.office = self.runner.run(Office.opened(first, second))
        self.office.ledger.subscribe(self.note)  # type: ignore[attr-defined]
        for name in ("ct_1", "ct_2"):
            self.runner.run(self.office.contact(name))

    def note(self, change: Change) -> None:
        self.conversations.update(one.id for one in change.conversations)
        for session in change.sessions:
            if session.head is None:
                continue
            self.holders.append(session)
            known = self.heads[session.cid]
            if not known or known[-1][1].event_id != session.head.event_id:
                known.append((session.events, session.head))

    # ------------------------------------------------------------ contacts

    @rule(contact=CONTACTS)
    def the_panel_opens(self, contact: ContactId) -> None:
        self.do(self.office.opens(contact))

    @rule(contact=CONTACTS, body=st.sampled_from(["Hello", "1", "b"]))
    def the_contact_writes(self, contact: ContactId, body: str) -> None:
        message_id = self.office.message_id()
        receipt = self.do(self.office.says(contact, body, message_id=message_id))
        self.sent.append((contact, message_id, receipt))

    @rule(data=st.data())
    def a_message_is_sent_again(self, data: st.DataObject) -> None:
        if self.sent:
            contact, message_id, receipt = data.draw(st.sampled_from(self.sent))
            assert self.do(self.office.says(contact, "again", message_id=message_id)) == receipt

    @rule(data=st.data(), option=st.integers(0, 3))
    def the_contact_clicks(self, data: st.DataObject, option: int) -> None:
        offers = [entry for entry in self.every_entry() if isinstance(entry.content, Bubbles)]
        if offers:
            offer = data.draw(st.sampled_from(offers))
            self.do(
                self.office.clicks(offer.contact_id, conversation=offer.conversation_id, seq=offer.seq, option=option)
            )

    @rule(contact=CONTACTS, data=st.data())
    def the_contact_leaves(self, contact: ContactId, data: st.DataObject) -> None:
        if self.conversations:
            conversation = data.draw(st.sampled_from(sorted(self.conversations)))
            end = EndConversation(contact_id=contact, conversation_id=conversation, message_id=self.office.message_id())
            self.do(self.office.ledger.run(end))

    @rule(contact=CONTACTS)
    def the_contact_leaves_an_address(self, contact: ContactId) -> None:
        left = LeaveEmail(contact_id=contact, message_id=self.office.message_id(), email="a@b.example")
        self.do(self.office.ledger.run(left))

    # ------------------------------------------------------------ bots

    @rule(data=st.data(), requests=st.lists(REQUESTS, max_size=3), context=st.sampled_from([None, b'{"n":1}']))
    def somebody_answers(self, data: st.DataObject, requests: list[Request], context: bytes | None) -> None:
        if self.holders:
            holder = data.draw(st.sampled_from(self.holders[-6:]))
            self.do(self.office.answers(holder, *requests, context=context))

    @rule(data=st.data(), failure=FAILURES)
    def an_attempt_fails(self, data: st.DataObject, failure: Failed) -> None:
        if self.holders:
            self.do(self.office.fails(data.draw(st.sampled_from(self.holders[-6:])), failure))

    @rule(data=st.data(), requests=st.lists(REQUESTS, min_size=1, max_size=3))
    def the_bot_calls(self, data: st.DataObject, requests: list[Request]) -> None:
        if self.office.sessions:
            session = data.draw(st.sampled_from(list(self.office.sessions.values())))
            self.do(self.office.calls(session, *requests))

    # ------------------------------------------------------------ time

    @rule(seconds=st.sampled_from([1, 30, 1800]))
    def time_passes(self, seconds: int) -> None:
        self.office.clock.advance(seconds=seconds)
        now = self.office.clock.now
        for cid, event_id in self.runner.run(self.office.reader.due_patience(now, limit=100)):
            self.do(self.office.ledger.run(ShowPatience(cid=cid, event_id=event_id)))
        for conversation in self.runner.run(self.office.reader.due_expiries(now, limit=100)):
            self.do(self.office.ledger.run(Expire(conversation_id=conversation)))
        for cid in self.runner.run(self.office.reader.due_lanes(now, limit=100)):
            self.do(self.office.ledger.run(ReclaimLane(cid=cid, as_of=now)))

    @rule()
    def the_platform_is_killed_and_starts_again(self) -> None:
        for_ever = Instant(2**53)
        for cid in self.runner.run(self.office.reader.due_lanes(for_ever, limit=100)):
            self.do(self.office.ledger.run(ReclaimLane(cid=cid, as_of=for_ever)))

    # ------------------------------------------------------------ what always holds

    def entries_of(self, conversation: ConversationId) -> tuple[Entry, ...]:
        return self.runner.run(self.office.entries(conversation))

    def every_entry(self) -> list[Entry]:
        return [entry for one in sorted(self.conversations) for entry in self.entries_of(one)]

    @invariant()
    def numbers_have_no_gap(self) -> None:
        for conversation in self.conversations:
            entries = self.entries_of(conversation)
            assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))

    @invariant()
    def a_contact_has_one_live_conversation(self) -> None:
        live = [self.runner.run(self.office.conversation(one)) for one in self.conversations]
        contacts = [one.contact_id for one in live if one.live]
        assert len(contacts) == len(set(contacts))

    @invariant()
    def the_log_tells_who_is_in_charge(self) -> None:
        for one in self.conversations:
            turns = [e for e in self.entries_of(one) if isinstance(e.content, Joined | Queued | ConversationEnded)]
            charge = self.runner.run(self.office.conversation(one)).charge
            match turns[-1].content:
                case Joined():
                    assert isinstance(charge, WithBot)
                case Queued():
                    assert isinstance(charge, Waiting)
                case _:
                    assert isinstance(charge, Ended)

    @invariant()
    def nobody_speaks_who_is_not_in_charge(self) -> None:
        for one in self.conversations:
            in_charge: Cid | None = None
            for entry in self.entries_of(one):
                if isinstance(entry.author, ByBot):
                    in_charge = entry.author.cid if isinstance(entry.content, Joined) else in_charge
                    assert entry.author.cid == in_charge
                elif isinstance(entry.content, Queued | ConversationEnded):
                    in_charge = None

    @invariant()
    def events_of_a_session_are_numbered_and_begin_with_start(self) -> None:
        for heads in self.heads.values():
            assert [number for number, _ in heads] == list(range(1, len(heads) + 1))
            assert [head.packet == "start" for _, head in heads] == [True] + [False] * (len(heads) - 1)
            told = [head.entry_seq for _, head in heads[1:]]
            assert told == sorted(set(told))

    @invariant()
    def every_attempt_of_an_event_has_the_same_bytes(self) -> None:
        bodies: dict[EventId, set[bytes]] = defaultdict(set)
        for holder in self.holders:
            if holder.head is not None:
                bodies[holder.head.event_id].add(holder.head.body)
        assert all(len(one) == 1 for one in bodies.values())

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.answer_everything()
            self.nothing_was_kept_from_a_bot_in_charge()
        self.runner.close()
        super().teardown()

    def answer_everything(self) -> None:
        for _ in range(500):
            busy = [one for one in self.office.sessions.values() if one.head is not None]
            if not busy:
                return
            self.do(self.office.answers(busy[0]))
        pytest.fail("a lane never comes to rest")

    def nothing_was_kept_from_a_bot_in_charge(self) -> None:
        """Each message and click reached the bot that was in charge, if it stayed in charge until its turn came."""
        for session in self.office.sessions.values():
            told = {head.entry_seq for _, head in self.heads[session.cid]}
            if session.closed is None:
                written = [
                    entry.seq
                    for entry in self.entries_of(session.conversation_id)
                    if isinstance(entry.author, ByContact)
                    and isinstance(entry.content, Message | Click)
                    and entry.at >= session.opened_at
                    and entry.seq > min(told)
                ]
                assert set(written) <= told


Chats.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.guarantee("D4")
@pytest.mark.guarantee("D6")
@pytest.mark.guarantee("D8")
@pytest.mark.guarantee("D21")
@pytest.mark.guarantee("B2")
class TestChats(Chats.TestCase):  # type: ignore[misc,valid-type]
    """The model, run by pytest."""
