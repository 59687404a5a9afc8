"""What is due is done once, whoever looks, and a fault in one thing does not stop the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TypeVar

import pytest

from frontdesk.actions.ports import Command, Ledger
from frontdesk.core.charge import Ended
from frontdesk.core.entries import Content, Notice
from frontdesk.core.ids import ConversationId, Instant
from frontdesk.timers.due import BATCH, Timers
from tests.kit.making import ADA
from tests.kit.office import Office, text

R = TypeVar("R")
PATIENCE = Notice(code="patience")


@dataclass
class Sweeps:
    """A broom that counts."""

    times: list[Instant] = field(default_factory=list)

    async def sweep(self, now: Instant) -> int:
        self.times.append(now)
        return 0


@dataclass
class Faulty:
    """A ledger that cannot run commands about this conversation."""

    ledger: Ledger
    about: ConversationId

    async def run(self, command: Command[R]) -> R:
        if self.about in command.footprint.conversations:
            raise RuntimeError("a fault of ours")
        return await self.ledger.run(command)


def timers_of(office: Office, *, ledger: Ledger | None = None, broom: Sweeps | None = None) -> Timers:
    return Timers(ledger or office.ledger, office.reader, broom=broom or Sweeps(), now=office.clock)


async def opened(office: Office, name: str = "ct_1") -> ConversationId:
    """Let a contact open the panel; return the conversation."""
    receipt = await office.opens(await office.contact(name))
    assert receipt.conversation_id is not None
    return receipt.conversation_id


async def patience_of(office: Office, conversation: ConversationId) -> list[Content]:
    return [one for one in await office.log(conversation) if one == PATIENCE]


@pytest.mark.guarantee("D20")
async def test_the_patience_line_shows_once_when_the_bot_is_slow() -> None:
    office = await Office.opened()
    conversation = await opened(office)
    timers = timers_of(office)

    await timers.tick()
    early = await patience_of(office, conversation)
    office.clock.advance(seconds=8)
    await timers.tick()
    await timers.tick()

    assert early == []
    assert await patience_of(office, conversation) == [PATIENCE]


@pytest.mark.guarantee("D20")
async def test_two_loops_that_look_at_the_same_time_do_it_once() -> None:
    office = await Office.opened()
    conversation = await opened(office)
    office.clock.advance(seconds=9)

    await asyncio.gather(timers_of(office).tick(), timers_of(office).tick())

    assert await patience_of(office, conversation) == [PATIENCE]


async def test_a_bot_without_a_patience_line_keeps_silent() -> None:
    office = await Office.opened(replace(ADA, patience_after_s=0))
    conversation = await opened(office)
    office.clock.advance(seconds=19)

    await timers_of(office).tick()

    assert await patience_of(office, conversation) == []


@pytest.mark.guarantee("D20")
async def test_a_conversation_without_activity_expires_after_the_timeout() -> None:
    office = await Office.opened()
    conversation = await opened(office)
    await office.answers(office.session_of(conversation), text("Hello"))
    timers = timers_of(office)

    office.clock.advance(seconds=1799)
    await timers.tick()
    before = (await office.conversation(conversation)).charge
    office.clock.advance(seconds=1)
    await timers.tick()

    assert not isinstance(before, Ended)
    assert isinstance((await office.conversation(conversation)).charge, Ended)


async def test_a_fault_with_one_row_does_not_stop_the_others() -> None:
    office = await Office.opened()
    first, second = await opened(office, "ct_1"), await opened(office, "ct_2")
    for conversation in (first, second):
        await office.answers(office.session_of(conversation), text("Hello"))
    office.clock.advance(seconds=1800)
    broom = Sweeps()

    await timers_of(office, ledger=Faulty(office.ledger, first), broom=broom).tick()

    assert not isinstance((await office.conversation(first)).charge, Ended)
    assert isinstance((await office.conversation(second)).charge, Ended)
    assert len(broom.times) == 1


async def test_a_row_at_fault_is_left_alone_for_a_while_and_then_tried_again() -> None:
    office = await Office.opened()
    conversation = await opened(office)
    await office.answers(office.session_of(conversation), text("Hello"))
    office.clock.advance(seconds=1800)
    faulty = Faulty(office.ledger, conversation)
    timers = timers_of(office, ledger=faulty)

    await timers.tick()
    faulty.about = ConversationId("cv_other")
    await timers.tick()
    still = (await office.conversation(conversation)).charge
    office.clock.advance(seconds=61)
    await timers.tick()

    assert not isinstance(still, Ended)
    assert isinstance((await office.conversation(conversation)).charge, Ended)


async def test_more_than_one_batch_is_worked_off_look_by_look() -> None:
    office = await Office.opened(replace(ADA, slots=500))
    conversations = [await opened(office, f"ct_{number}") for number in range(BATCH + 5)]
    office.clock.advance(seconds=8)
    timers = timers_of(office)

    await timers.tick()
    first = sum([len(await patience_of(office, one)) for one in conversations])
    await timers.tick()

    assert first == BATCH
    assert sum([len(await patience_of(office, one)) for one in conversations]) == BATCH + 5


async def test_the_sweep_comes_at_the_start_and_each_hour() -> None:
    office = await Office.opened()
    broom = Sweeps()
    timers = timers_of(office, broom=broom)
    begun = office.clock.now

    for _ in range(4):
        await timers.tick()
        office.clock.advance(seconds=1800)

    assert broom.times == [begun, begun + 3_600_000]


async def test_the_loop_looks_each_second_until_it_is_stopped() -> None:
    office = await Office.opened()
    broom = Sweeps()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        office.clock.advance(seconds=3600)
        if len(pauses) == 3:
            timers.stop()

    timers = Timers(office.ledger, office.reader, broom=broom, now=office.clock, pause=pause)
    await timers.run()

    assert pauses == [1.0, 1.0, 1.0]
    assert len(broom.times) == 3
