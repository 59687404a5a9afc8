"""Reads of what is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.change import Change
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, EventId, Instant, Seq, WidgetId
from frontdesk.core.session import Head, Session
from frontdesk.store.postgres import watch
from tests.kit.making import ADA, BEA, CONTACT, NOON, WIDGET
from tests.store.doing import CV, ENDED, Store, append, conversation, put


async def fill(store: Store, count: int) -> None:
    await asyncio.gather(*(store.ledger.run(append(str(number))) for number in range(1, count + 1)))


def lane(number: int, *, lease_until: int, patience_at: int | None) -> Session:
    head = Head(
        event_id=EventId(f"evt_{number}"),
        packet="message",
        entry_seq=Seq(1),
        body=b"",
        since=NOON,
        deadline=NOON,
        attempt=1,
        holder="p1",
        attempt_at=NOON,
        lease_until=Instant(lease_until),
        patience_at=None if patience_at is None else Instant(patience_at),
    )
    return Session(cid=Cid(f"c{number}"), conversation_id=CV, bot_id=ADA.id, opened_at=NOON, cursor=Seq(0), head=head)


async def test_a_contact_is_found_by_its_token_and_by_the_one_before(store: Store) -> None:
    rotated = replace(CONTACT, conversation_id=CV, token_sha256="new", previous_token_sha256="old")
    await store.ledger.run(put(Change(contacts=(rotated,))))

    assert await store.reader.contact_by_token(WIDGET.id, "new") == rotated
    assert await store.reader.contact_by_token(WIDGET.id, "old") == rotated
    assert await store.reader.contact_by_token(WIDGET.id, CONTACT.token_sha256) is None
    assert await store.reader.contact_by_token(WidgetId(2), "new") is None


@pytest.mark.parametrize(
    ("has", "limit", "seqs", "resumed"),
    [
        (None, 3, [8, 9, 10], False),
        (None, 100, list(range(1, 11)), False),
        ((CV, Seq(7)), 3, [8, 9, 10], True),
        ((CV, Seq(6)), 3, [8, 9, 10], False),
        ((CV, Seq(10)), 3, [], True),
        ((CV, Seq(11)), 3, [8, 9, 10], False),
        ((CV, Seq(0)), 10, list(range(1, 11)), True),
        ((ConversationId("cv_9"), Seq(9)), 3, [8, 9, 10], False),
    ],
)
@pytest.mark.guarantee("D5")
async def test_a_snapshot_goes_on_where_the_caller_stands_or_starts_anew(
    store: Store, *, has: tuple[ConversationId, Seq] | None, limit: int, seqs: list[int], resumed: bool
) -> None:
    await fill(store, 10)

    snapshot = await store.reader.snapshot(CONTACT.id, has=has, limit=limit)

    assert snapshot is not None
    assert [entry.seq for entry in snapshot.entries] == seqs
    assert snapshot.resumed is resumed


async def test_a_snapshot_of_a_contact_without_a_conversation(configured: Store) -> None:
    await configured.ledger.run(put(Change(contacts=(CONTACT,))))

    snapshot = await configured.reader.snapshot(CONTACT.id, has=None, limit=5)

    assert snapshot is not None
    assert (snapshot.contact, snapshot.conversation, snapshot.entries) == (CONTACT, None, ())
    assert await configured.reader.snapshot(ContactId("ct_9"), has=None, limit=5) is None


@pytest.mark.parametrize(
    ("before", "limit", "seqs"),
    [(11, 3, [8, 9, 10]), (4, 10, [1, 2, 3]), (1, 5, []), (1_000, 2, [9, 10]), (3, 1, [2])],
)
async def test_history_gives_the_entries_before_one(store: Store, *, before: int, limit: int, seqs: list[int]) -> None:
    await fill(store, 10)

    history = await store.reader.history(CV, before=Seq(before), limit=limit)

    assert [entry.seq for entry in history] == seqs


async def test_what_is_not_there_is_none(store: Store) -> None:
    assert await store.reader.entry(CV, Seq(1)) is None
    assert await store.reader.conversation(ConversationId("cv_9")) is None
    assert await store.reader.history(ConversationId("cv_9"), before=Seq(9), limit=9) == ()


async def test_lanes_are_due_when_their_lease_ran_out(store: Store) -> None:
    lanes = (
        lane(1, lease_until=NOON + 2, patience_at=None),
        lane(2, lease_until=NOON + 1, patience_at=NOON + 5),
        lane(3, lease_until=NOON + 9, patience_at=NOON + 4),
    )
    await store.ledger.run(put(Change(sessions=lanes)))

    assert await store.reader.due_lanes(Instant(NOON + 2), limit=10) == (Cid("c2"), Cid("c1"))
    assert await store.reader.due_lanes(Instant(NOON + 9), limit=1) == (Cid("c2"),)
    assert await store.reader.due_patience(Instant(NOON + 4), limit=10) == ((Cid("c3"), EventId("evt_3")),)
    assert await store.reader.due_patience(NOON, limit=10) == ()


@pytest.mark.guarantee("D12")
async def test_lanes_of_processes_that_are_gone_are_orphans(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MISSED_S", 0)
    own = lane(1, lease_until=NOON + 2, patience_at=None)
    assert own.head is not None
    own = replace(own, head=replace(own.head, holder=store.holder))
    foreign = lane(2, lease_until=NOON + 1, patience_at=None)
    await store.ledger.run(put(Change(sessions=(own, foreign))))

    assert await store.reader.orphans(limit=10) == ((Cid("c2"), "p1"),)


async def test_positions_tell_where_the_newest_conversations_stand(store: Store) -> None:
    await fill(store, 3)

    assert await store.reader.positions([CONTACT.id, ContactId("ct_9")]) == ((CONTACT.id, CV, 3),)
    assert await store.reader.positions([]) == ()


async def test_live_conversations_are_due_when_their_time_is_past(store: Store) -> None:
    late = conversation(1, expires_at=Instant(NOON + 5))
    over = conversation(2, expires_at=Instant(NOON + 1), charge=ENDED)
    await store.ledger.run(put(Change(conversations=(late, over))))

    assert await store.reader.due_expiries(Instant(NOON + 4), limit=10) == ()
    assert await store.reader.due_expiries(Instant(NOON + 5), limit=10) == (CV,)


def attempt(number: int, *, bot_id: BotId, cid: str) -> Attempt:
    return Attempt(
        id=f"{number:032x}",
        door="webhook",
        bot_id=bot_id,
        cid=Cid(cid),
        conversation_id=CV,
        event_id=None,
        packet="message",
        number=1,
        started_at=Instant(NOON + number),
        timings=Timings(),
        outcome="ok",
    )


async def test_the_delivery_log_is_read_newest_first(store: Store) -> None:
    log = tuple(attempt(number, bot_id=(ADA, BEA)[number % 2].id, cid=f"c{number % 3}") for number in range(6))
    await store.ledger.run(put(Change(attempts=log)))

    async def numbers(**which: object) -> list[int]:
        found = await store.reader.attempts(**which)  # type: ignore[arg-type]
        return [one.started_at - NOON for one in found]

    assert await numbers() == [5, 4, 3, 2, 1, 0]
    assert await numbers(limit=2) == [5, 4]
    assert await numbers(before=Instant(NOON + 3)) == [2, 1, 0]
    assert await numbers(bot_id=ADA.id) == [4, 2, 0]
    assert await numbers(cid=Cid("c0")) == [3, 0]
    assert await numbers(cid=Cid("c0"), bot_id=ADA.id) == [0]


@pytest.mark.guarantee("D5")
async def test_no_reader_skips_an_entry_while_others_write(store: Store) -> None:
    gaps: list[Sequence[int]] = []

    async def follow() -> int:
        cursor = Seq(0)
        while cursor < 300:
            found = await store.reader.snapshot(CONTACT.id, has=(CV, cursor), limit=1_000)
            assert found is not None
            seqs = [entry.seq for entry in found.entries]
            if seqs != list(range(cursor + 1, cursor + 1 + len(seqs))):
                gaps.append(seqs)
            cursor = seqs[-1] if seqs else cursor
            await asyncio.sleep(0)
        return cursor

    async def write() -> None:
        for _ in range(50):
            await store.ledger.run(append())

    cursors = await asyncio.gather(follow(), follow(), *(write() for _ in range(6)))

    assert gaps == []
    assert cursors[:2] == [300, 300]
