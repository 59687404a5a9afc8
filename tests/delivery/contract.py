"""What every fault of a bot must come to: its class and attempts in the log, what the contact sees, who takes over."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.abc import AbstractResolver

from frontdesk.core.audience import for_contact
from frontdesk.core.charge import Waiting
from frontdesk.core.delivery import Fault
from frontdesk.core.entries import BotFailed, Content, Joined, Message, Notice, Queued
from frontdesk.core.ids import ConversationId
from frontdesk.core.people import Bot
from frontdesk.delivery.client import Certificates
from tests.delivery.running import Running, bot_of, rest, running

ASKED = "Where is my order?"
SAID = "Hello from the bot."
MIB = 1024
#: Resident memory that one bot may cost, in KiB.
MAX_GROWTH = 32 * MIB


@dataclass(frozen=True, kw_only=True)
class Course:
    """One conversation with a bot, from the contact's first words until nothing is under way."""

    one: Running
    conversation: ConversationId
    outcomes: list[str]
    #: All entries, and those that the contact sees.
    log: list[Content]
    shown: list[Content]
    took_s: float


@asynccontextmanager
async def talked(
    bot: Bot | str,
    *,
    resolver: AbstractResolver | None = None,
    tls: Certificates | None = None,
    **settings: object,
) -> AsyncIterator[Course]:
    """Let a contact write to the bot at this address, and yield what came of it; memory is watched."""
    called = bot if isinstance(bot, Bot) else bot_of(bot, **settings)
    async with running(called, resolver=resolver, tls=tls) as one:
        before, begun = resident(), time.monotonic()
        contact = await one.office.contact()
        receipt = await one.office.says(contact, ASKED)
        assert receipt.conversation_id is not None
        await rest(one)
        took_s = time.monotonic() - begun
        assert peak() - before < MAX_GROWTH
        entries = await one.office.entries(receipt.conversation_id)
        yield Course(
            one=one,
            conversation=receipt.conversation_id,
            outcomes=await one.outcomes(),
            log=[entry.content for entry in entries],
            shown=[entry.content for entry in entries if for_contact(entry)],
            took_s=took_s,
        )


async def falls_back(
    bot: Bot | str,
    *,
    fault: Fault,
    attempts: int = 1,
    resolver: AbstractResolver | None = None,
    tls: Certificates | None = None,
    **settings: object,
) -> Course:
    """Assert that the bot fails this way, that a human takes over, and that the contact sees that and no more."""
    async with talked(bot, resolver=resolver, tls=tls, **settings) as course:
        assert course.outcomes == [fault] * attempts
        assert BotFailed(fault=fault, attempts=attempts) in course.log
        assert course.shown == [
            Joined(),
            Message(body=ASKED),
            Notice(code="failed"),
            Queued(group_id=None, reason="failed"),
            Notice(code="waiting"),
        ]
        charge = (await course.one.office.conversation(course.conversation)).charge
        assert isinstance(charge, Waiting)
        assert charge.reason == "failed"
        return course


async def answers(url: str, *, outcomes: tuple[str, ...] = ("ok", "ok"), **settings: object) -> Course:
    """Assert that the bot, with these outcomes, answers both `start` and the message in the end."""
    async with talked(bot_of(url, **settings)) as course:
        assert course.outcomes == list(outcomes)
        assert not [one for one in course.log if isinstance(one, BotFailed)]
        return course


def resident() -> int:
    """Return the resident memory in KiB, and forget what was the highest before."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> int:
    """Return the highest resident memory since `resident` was asked for, in KiB."""
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
