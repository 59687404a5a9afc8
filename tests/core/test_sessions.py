"""How a session fails and expires."""

from __future__ import annotations

from dataclasses import replace

import pytest

from frontdesk.core.charge import Ended, Waiting, WithBot
from frontdesk.core.entries import BotFailed, ConversationEnded, Joined, Message, Notice, Queued
from frontdesk.core.lane import advance, settled
from frontdesk.core.sessions import expire, fall_back
from frontdesk.core.thread import Thread
from tests.kit.making import ADA, BEA, NOON, WIDGET, says, with_bot


def loaded(thread: Thread) -> Thread:
    return replace(thread, entries=())


def test_the_handover_says_one_line_to_the_contact_and_offers_the_conversation() -> None:
    thread = loaded(with_bot(replace(ADA, failure_line="Please hold.")))

    after = fall_back(thread, fault="timeout", attempts=3, log=())

    assert [entry.content for entry in after.entries] == [
        BotFailed(fault="timeout", attempts=3),
        Notice(code="failed", text="Please hold."),
        Queued(group_id=None, reason="failed"),
        Notice(code="waiting"),
    ]
    assert isinstance(after.conversation.charge, Waiting)
    assert after.session is not None
    assert after.session.closed is not None
    assert after.session.closed.reason == "failed"


def test_the_next_bot_gets_start_and_then_the_message_that_was_not_answered() -> None:
    first = replace(ADA, on_failure="next_bot")
    thread = says(with_bot(first, BEA), "Where is my order?")
    log = thread.entries[1:]
    thread = loaded(thread)
    assert thread.session is not None
    thread = advance(replace(thread, session=settled(thread.session)), log=log)

    after = fall_back(thread, fault="http_5xx", attempts=1, log=())

    assert after.session is not None
    assert after.session.bot_id == BEA.id
    assert after.session.head is not None
    assert after.session.head.packet == "start"
    behind = advance(replace(after, session=settled(after.session), entries=()), log=[*log, *after.entries])
    assert behind.session is not None
    assert behind.session.head is not None
    assert behind.session.head.packet == "message"
    assert behind.session.head.entry_seq == log[0].seq


@pytest.mark.guarantee("D17")
def test_a_bot_that_was_in_charge_is_not_chosen_again() -> None:
    thread = loaded(with_bot(replace(ADA, on_failure="next_bot"), replace(BEA, on_failure="next_bot")))

    second = fall_back(thread, fault="timeout", attempts=1, log=())
    third = fall_back(loaded(second), fault="timeout", attempts=1, log=())

    assert isinstance(second.conversation.charge, WithBot)
    assert second.conversation.charge.bot_id == BEA.id
    assert isinstance(third.conversation.charge, Waiting)


def test_a_bot_set_to_message_stays_in_charge() -> None:
    thread = loaded(with_bot(replace(ADA, on_failure="message")))

    after = fall_back(thread, fault="timeout", attempts=1, log=())

    assert after.in_charge
    assert [type(entry.content) for entry in after.entries] == [BotFailed, Notice]
    assert after.session is not None
    assert after.session.head is None


def test_a_failure_after_the_session_is_over_shows_nothing() -> None:
    ended = with_bot().end("contact_ended")
    ended = loaded(ended.close_session("ended", told_by=ended.conversation.last_seq))

    after = fall_back(ended, fault="timeout", attempts=3, log=())

    assert after.entries == ()


@pytest.mark.guarantee("B3")
def test_an_expired_session_ends_the_conversation() -> None:
    thread = says(loaded(with_bot()), "Hello").active()
    assert thread.conversation.expires_at == NOON + WIDGET.live_timeout_s * 1000

    after = expire(loaded(thread), log=())

    assert isinstance(after.conversation.charge, Ended)
    assert [entry.content for entry in after.entries] == [ConversationEnded(reason="expired")]
    assert after.session is not None
    assert after.session.closed is not None
    assert after.session.closed.reason == "expired"


def test_the_first_entry_of_a_session_tells_who_joined() -> None:
    thread = says(with_bot(), "Hello")

    assert isinstance(thread.entries[0].content, Joined)
    assert isinstance(thread.entries[1].content, Message)
