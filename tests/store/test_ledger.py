"""Commands that run together, and what each caller and subscriber learns of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from frontdesk.actions.ports import Command, StoreUnavailable
from frontdesk.core.change import Change
from frontdesk.core.ids import Seq
from frontdesk.core.refusals import Fenced, Refusal
from frontdesk.store.batch import Outcome
from frontdesk.store.errors import RuleBroken
from frontdesk.store.ledger import GroupLedger
from tests.kit.making import CONTACT, directory
from tests.store.doing import CV, BugError, Store, append, fail, put, refuse


async def together(store: Store, *commands: Command[Any]) -> list[Any]:
    """Run the commands in one batch; return each one's result or error."""
    return await asyncio.gather(*(store.ledger.run(one) for one in commands), return_exceptions=True)


async def bodies(store: Store) -> list[str]:
    """Return the texts of the conversation."""
    entries = await store.reader.history(CV, before=Seq(10_000), limit=10_000)
    return [entry.content.body for entry in entries]  # type: ignore[union-attr]


async def test_a_command_sees_what_the_one_before_it_did(store: Store) -> None:
    seqs = await together(store, append("one"), append("two"), append("three"))

    assert seqs == [1, 2, 3]
    assert await bodies(store) == ["one", "two", "three"]


async def test_commands_that_wait_are_committed_together(store: Store) -> None:
    changes: list[Change] = []
    store.ledger.subscribe(changes.append)

    await together(store, *(append(str(number)) for number in range(100)))

    assert len(changes) == 1
    assert [entry.seq for entry in changes[0].entries] == list(range(1, 101))
    assert [one.last_seq for one in changes[0].conversations] == [100]


async def test_a_refusal_is_raised_after_its_change_is_saved(store: Store) -> None:
    renamed = replace(CONTACT, conversation_id=CV, name="Rosa")

    with pytest.raises(Fenced):
        await store.ledger.run(refuse(Fenced(change=Change(contacts=(renamed,)))))

    snapshot = await store.reader.snapshot(CONTACT.id, has=None, limit=10)
    assert snapshot is not None
    assert snapshot.contact.name == "Rosa"


async def test_a_refusal_leaves_the_others_of_its_batch_alone(store: Store) -> None:
    first, refused, last = await together(store, append("one"), refuse(Refusal("no")), append("two"))

    assert (first, last) == (1, 2)
    assert isinstance(refused, Refusal)


async def test_a_bug_fails_its_own_caller_only(store: Store) -> None:
    results = await together(store, append("one"), fail(), append("two"))

    assert results[0] == 1
    assert isinstance(results[1], BugError)
    assert results[2] == 2
    assert await bodies(store) == ["one", "two"]


async def test_a_change_that_breaks_a_rule_fails_its_own_caller_only(store: Store) -> None:
    await store.ledger.run(append("one", message_id="m1"))

    results = await together(store, append("two"), append("again", message_id="m1"), append("three"))

    assert isinstance(results[1], RuleBroken)
    assert (results[0], results[2]) == (2, 3)
    assert await bodies(store) == ["one", "two", "three"]


async def test_a_gap_in_the_numbers_is_never_saved(store: Store) -> None:
    gap, after = await together(store, append("gap", spoils=True), append("one"))

    assert isinstance(gap, RuleBroken)
    assert after == 1


async def test_nothing_of_a_failed_batch_is_told_or_saved_twice(store: Store) -> None:
    told: list[int] = []
    store.ledger.subscribe(lambda change: told.extend(entry.seq for entry in change.entries))

    await together(store, append("one"), fail(), append("two"))

    assert told == [1, 2]


async def test_a_caller_that_leaves_does_not_take_its_command_back(store: Store) -> None:
    caller = asyncio.create_task(store.ledger.run(append("one")))
    await asyncio.sleep(0)

    caller.cancel()
    with suppress(asyncio.CancelledError):
        await caller
    seq = await store.ledger.run(append("two"))

    assert seq == 2
    assert await bodies(store) == ["one", "two"]


async def test_subscribers_hear_of_commits_in_order_and_only_when_they_are_durable(store: Store) -> None:
    heard: list[tuple[int, bool]] = []
    stored: list[asyncio.Task[bool]] = []

    async def is_stored(seq: Seq) -> bool:
        return await store.reader.entry(CV, seq) is not None

    def hear(change: Change) -> None:
        stored.extend(asyncio.create_task(is_stored(entry.seq)) for entry in change.entries)
        heard.extend((entry.seq, asyncio.get_running_loop().is_running()) for entry in change.entries)

    store.ledger.subscribe(hear)
    for number in range(10):
        await store.ledger.run(append(str(number)))

    assert [seq for seq, _ in heard] == list(range(1, 11))
    assert all(await asyncio.gather(*stored))


async def test_a_subscriber_with_a_bug_keeps_nobody_from_the_news(store: Store) -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))
    heard: list[Change] = []

    def stumble(change: Change) -> None:
        raise BugError

    store.ledger.subscribe(stumble)
    store.ledger.subscribe(heard.append)
    seq = await store.ledger.run(append("one"))

    assert seq == 1
    assert len(heard) == 1
    assert isinstance(reported[0]["exception"], BugError)


async def test_a_bug_whose_caller_left_is_reported(store: Store) -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))
    caller = asyncio.create_task(store.ledger.run(fail()))
    await asyncio.sleep(0)

    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await store.ledger.run(append("one"))

    assert isinstance(reported[0]["exception"], BugError)


async def test_closing_saves_what_waits_and_takes_no_more(store: Store) -> None:
    waiting = [asyncio.create_task(store.ledger.run(append(str(number)))) for number in range(5)]
    await asyncio.sleep(0)

    await store.ledger.close()

    assert [await one for one in waiting] == [1, 2, 3, 4, 5]
    with pytest.raises(StoreUnavailable):
        await store.ledger.run(append("late"))


class SilentVault:
    """A database that is gone, and counts who asks."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        self.batches.append(len(commands))
        await asyncio.sleep(0)
        raise StoreUnavailable("gone")


async def test_with_no_database_everybody_learns_so_without_each_trying_it() -> None:
    vault = SilentVault()
    ledger = GroupLedger(vault)

    results = await asyncio.gather(*(ledger.run(put(Change())) for _ in range(50)), return_exceptions=True)

    assert all(isinstance(one, StoreUnavailable) for one in results)
    assert vault.batches == [50, 1, 1]


class HeldVault:
    """A database that answers when the test lets it."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.batches: list[int] = []

    async def commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        await self.go.wait()
        self.batches.append(len(commands))
        return Outcome(change=Change(), directory=directory(), results=[None] * len(commands))


async def test_a_full_queue_refuses_at_once() -> None:
    vault = HeldVault()
    ledger = GroupLedger(vault, room=3, group=2)
    first = asyncio.create_task(ledger.run(put(Change())))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(ledger.run(put(Change()))) for _ in range(3)]
    await asyncio.sleep(0)

    with pytest.raises(StoreUnavailable):
        await ledger.run(put(Change()))
    vault.go.set()
    await asyncio.gather(first, *waiting)

    assert vault.batches == [1, 2, 1]
