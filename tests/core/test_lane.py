"""Which entry is the bot's next event, and what is frozen when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from frontdesk.core.bot_events import BotEvent, End, Forward, Show
from frontdesk.core.delivery import LEASE_MARGIN_MS
from frontdesk.core.entries import Entry, Message, Note
from frontdesk.core.ids import Instant, Seq
from frontdesk.core.lane import advance, again, backlog, reclaimed, settled
from frontdesk.core.people import OptInEvent
from frontdesk.core.session import Head, Session
from frontdesk.core.thread import Thread
from frontdesk.core.turn import take_turn
from tests.kit.making import ADA, NOON, says, with_bot


def head_of(thread: Thread) -> Head:
    assert thread.session is not None
    assert thread.session.head is not None
    return thread.session.head


def session_of(thread: Thread) -> Session:
    assert thread.session is not None
    return thread.session


def saved(thread: Thread) -> tuple[Thread, tuple[Entry, ...]]:
    """Return the thread as the next decision loads it, and the entries after its session's cursor."""
    cursor = session_of(thread).cursor
    return replace(thread, entries=()), tuple(entry for entry in thread.entries if entry.seq > cursor)


def answered(thread: Thread, log: tuple[Entry, ...]) -> Thread:
    return advance(replace(thread, session=settled(session_of(thread))), log=log)


@pytest.mark.guarantee("D14")
def test_a_session_begins_with_start_and_then_what_the_contact_wrote() -> None:
    thread = advance(says(with_bot(), "Hello"), log=())
    assert head_of(thread).packet == "start"

    loaded, log = saved(thread)
    after = answered(loaded, log)

    assert head_of(after).packet == "message"
    assert session_of(after).events == 2


@pytest.mark.guarantee("D6")
def test_messages_wait_their_turn_in_order() -> None:
    thread = says(says(says(with_bot(), "one"), "two"), "three")
    loaded, log = saved(thread)
    seen = []

    for _ in range(3):
        loaded = answered(loaded, log)
        seen.append(head_of(loaded).entry_seq)

    assert seen == [2, 3, 4]
    assert session_of(answered(loaded, log)).head is None


@pytest.mark.guarantee("D16")
def test_a_message_behind_a_slow_answer_is_frozen_with_the_context_of_that_answer() -> None:
    thread = says(with_bot(), "Hello")
    loaded, log = saved(thread)
    event = BotEvent(cid=session_of(loaded).cid, request=Show(content=Message(body="Hi")), context=b'{"step":2}')

    turned = take_turn(loaded, [event]).thread
    after = answered(turned, log)

    assert head_of(after).body == b'2 message 2 {"step":2}'


@pytest.mark.guarantee("D17")
def test_a_bot_never_gets_its_own_messages() -> None:
    thread = with_bot()
    cid = session_of(thread).cid
    events = [BotEvent(cid=cid, request=Show(content=text)) for text in (Message(body="Hi"), Note(body="secret"))]

    turned = take_turn(thread, events).thread

    assert backlog(turned.entries, session=session_of(turned), bot=ADA) == []


def test_an_idle_lane_moves_its_cursor_past_what_is_not_for_the_bot() -> None:
    thread = take_turn(with_bot(), [BotEvent(cid=session_of(with_bot()).cid, request=Show(content=Message(body="x")))])

    after = answered(thread.thread, ())

    assert session_of(after).cursor == after.conversation.last_seq


@pytest.mark.guarantee("D8")
def test_every_attempt_has_the_same_event_id_and_the_same_bytes() -> None:
    first = session_of(with_bot())

    second = again(first, at=Instant(NOON + 1_000), holder="p2")
    third = reclaimed(second, bot=ADA, now=Instant(NOON + 60_000), holder="p3")

    heads = [one.head for one in (first, second, third) if one.head is not None]
    assert [head.attempt for head in heads] == [1, 2, 3]
    assert len({(head.event_id, head.body) for head in heads}) == 1


@pytest.mark.guarantee("D11")
def test_a_lease_outlives_the_deadline_by_more_than_five_seconds() -> None:
    head = head_of(with_bot())

    assert head.lease_until - head.deadline == LEASE_MARGIN_MS > 5_000


def test_an_event_reclaimed_after_its_deadline_gets_its_whole_time_once_more() -> None:
    late = Instant(NOON + 3_600_000)

    head = reclaimed(session_of(with_bot()), bot=ADA, now=late, holder="p2").head

    assert head is not None
    assert head.deadline == late + ADA.deadline_s * 1000


@pytest.mark.parametrize(
    ("asked", "packets"),
    [
        (frozenset(), []),
        (frozenset({"session_ended"}), ["session_ended"]),
        (frozenset({"forward_failed"}), ["forward_failed"]),
        (frozenset({"session_ended", "forward_failed"}), ["session_ended", "forward_failed"]),
    ],
)
def test_a_bot_that_forwarded_hears_of_it_as_far_as_it_asked_to(
    asked: frozenset[OptInEvent], packets: list[str]
) -> None:
    bot = replace(ADA, events=asked)
    thread = with_bot(bot)
    turned = take_turn(thread, [BotEvent(cid=session_of(thread).cid, request=Forward())]).thread
    loaded, log = saved(turned)
    heard: list[str] = []

    after = answered(loaded, log)
    while session_of(after).head is not None and len(heard) < 5:
        heard.append(head_of(after).packet)
        after = answered(after, log)

    assert heard == packets


def test_what_the_contact_writes_after_the_end_is_no_event_of_the_session() -> None:
    thread = with_bot()
    ended = take_turn(thread, [BotEvent(cid=session_of(thread).cid, request=End())]).thread
    later = says(ended, "Still there?")

    assert backlog(later.entries, session=session_of(later), bot=ADA) == []
    assert session_of(later).cursor == Seq(0)
