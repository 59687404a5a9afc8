"""A bot that keeps failing is passed by, and gets its conversations back: rows F25 and F26, with real calls."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.control.office import OwnOffice, Progress, Trial
from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.charge import Waiting, WithBot
from frontdesk.core.circuit import Circuit
from frontdesk.core.ids import BotId, Cid, ConversationId, Instant
from frontdesk.core.people import Bot
from tests.delivery.running import Running, bot_of, rest, running
from tests.kit.hostile_bot import HostileBot, Visit
from tests.kit.making import ADA, NOON


class Health:
    """What the behaviour `moody` does: answers while well, refuses while ill."""

    def __init__(self, bot: HostileBot) -> None:
        self.ill = False
        bot.behaviours["moody"] = self._behave

    async def _behave(self, visit: Visit) -> None:
        if self.ill:
            await visit.reply(b"no", status=500)
        else:
            await visit.reply()


def circuit(one: Running) -> Circuit:
    return one.office.reader.directory().bots[BotId(1)].circuit


async def comes(one: Running, name: str) -> bool:
    """Let somebody new write; return whether the bot got the conversation."""
    before = len(one.office.sessions)
    await one.office.says(await one.office.contact(name), "Hello?")
    got = len(one.office.sessions) > before
    await rest(one)
    return got


def told(logs: list[EventDict], *events: str) -> list[str]:
    return [log["event"] for log in logs if log["event"] in (events or ("bot.offline", "bot.online"))]


async def test_five_failures_in_a_row_take_the_bot_out_of_routing_and_administrators_learn_of_it(
    bot: HostileBot,
) -> None:
    health = Health(bot)
    health.ill = True
    with capture_logs() as logs:
        async with running(bot_of(bot.url("moody"))) as one:
            got = [await comes(one, f"ct_{number}") for number in range(8)]

            assert circuit(one).state == "open"
            assert circuit(one).fault == "http_5xx"
    assert got == [True] * 5 + [False] * 3
    assert len(bot.journal) == 5
    assert told(logs) == ["bot.offline"]
    assert [log["log_level"] for log in logs if log["event"] == "bot.offline"] == ["warning"]


@pytest.mark.guarantee("F26")
async def test_a_bot_that_was_down_for_five_minutes_is_probed_within_one_and_comes_back(bot: HostileBot) -> None:
    health = Health(bot)
    with capture_logs() as logs:
        async with running(bot_of(bot.url("moody"))) as one:
            health.ill = True
            down_for = 0
            while down_for < 300:
                await comes(one, f"ct_down_{down_for}")
                one.office.clock.advance(seconds=2)
                down_for += 2
            calls = len(bot.journal)
            health.ill = False

            waited = 0
            while not await comes(one, f"ct_up_{waited}"):
                one.office.clock.advance(seconds=2)
                waited += 2

            assert waited <= 60
            assert circuit(one).state == "closed"
            assert await comes(one, "ct_after")
    # Five to open it, then probes after 15, 30, 60, 60 … seconds.
    assert calls <= 5 + 2 + 300 // 60
    assert told(logs) == ["bot.offline", "bot.online"]


@pytest.mark.guarantee("F25")
@pytest.mark.parametrize("seed", range(3))
async def test_a_bot_that_comes_and_goes_is_not_switched_more_than_four_times_a_minute(
    seed: int, bot: HostileBot
) -> None:
    health, chance, openings = Health(bot), random.Random(seed), list[int]()
    async with running(bot_of(bot.url("moody"))) as one:
        before = circuit(one).state
        for number in range(240):
            health.ill = chance.random() < 0.8
            await comes(one, f"ct_{number}")
            if before == "closed" and circuit(one).state != "closed":
                openings.append(one.office.clock.now)
            before = circuit(one).state
            one.office.clock.advance(seconds=0.5)

    assert openings
    for index, at in enumerate(openings):
        assert len([later for later in openings[index:] if later - at < 60_000]) <= 4


async def test_conversations_that_an_open_bot_has_go_on_and_their_success_closes_it(bot: HostileBot) -> None:
    health = Health(bot)
    async with running(bot_of(bot.url("moody"))) as one:
        old = await one.office.contact("ct_old")
        conversation = (await one.office.says(old, "Hello?")).conversation_id
        await rest(one)
        health.ill = True
        for number in range(5):
            await comes(one, f"ct_{number}")
        assert circuit(one).state == "open"
        health.ill = False
        one.office.clock.advance(seconds=16)

        await one.office.says(old, "Are you there?")
        await rest(one)

        assert conversation is not None
        assert isinstance((await one.office.conversation(conversation)).charge, WithBot)
        assert circuit(one).state == "closed"


async def test_the_probe_is_one_conversation_and_the_others_are_passed_by_while_it_runs(bot: HostileBot) -> None:
    health = Health(bot)
    health.ill = True
    async with running(bot_of(bot.url("moody"), deadline_s=60)) as one:
        for number in range(5):
            await comes(one, f"ct_{number}")
        one.office.clock.advance(seconds=15)
        sessions = len(one.office.sessions)

        for number in range(10):
            await one.office.says(await one.office.contact(f"ct_more_{number}"), "Hello?")
        await rest(one)

        assert len(one.office.sessions) == sessions + 1
        assert circuit(one).wait_s == 30


async def test_faults_of_ours_and_calls_that_never_got_a_place_do_not_count(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        one.lanes._decode = broken
        for number in range(8):
            await comes(one, f"ct_{number}")

        assert circuit(one).state == "closed"
    async with running(bot_of(bot.url("ok"), slots=1, deadline_s=1)) as one:
        await one.lanes._bulkhead.take(one.office.reader.directory().bots[ADA.id])
        one.poster._now = lambda: Instant(NOON + 1_000)
        for number in range(8):
            await one.office.says(await one.office.contact(f"ct_{number}"), "Hello?")
        await rest(one)

        assert await one.outcomes() == ["timeout"] * 8
        assert circuit(one).state == "closed"
    assert len(bot.journal) == 8, "those of the first part"


def broken(body: bytes, content_type: str, cid: Cid) -> tuple[tuple[()], tuple[()]]:
    raise RuntimeError("a fault of ours")


async def test_a_circuit_that_cannot_be_saved_is_saved_by_the_next_failure(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("status-500"))) as one:
        for number in range(4):
            await comes(one, f"ct_{number}")
        run, away = one.ledger.run, [True]

        async def unwilling(command: object) -> object:
            if type(command).__name__ == "OpenCircuit" and away:
                away.clear()
                raise StoreUnavailable("away")
            return await run(command)  # type: ignore[arg-type]

        one.ledger.run = unwilling  # type: ignore[method-assign,assignment]
        await comes(one, "ct_5")
        before = circuit(one).state
        await comes(one, "ct_6")

        assert (before, circuit(one).state) == ("closed", "open")


async def test_invalid_answers_count_as_failures(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("unknown-event"))) as one:
        for number in range(5):
            await comes(one, f"ct_{number}")

        assert circuit(one).state == "open"
        contact = await one.office.contact("ct_late")
        receipt = await one.office.says(contact, "Hello?")
        assert receipt.conversation_id is not None
        assert isinstance((await one.office.conversation(receipt.conversation_id)).charge, Waiting)


class Tries:
    """Trials that end as the test says."""

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome

    async def trial(self, bot: Bot) -> Trial:
        record = Attempt(
            id="0" * 32,
            door="webhook",
            bot_id=bot.id,
            cid=Cid("chatbot::1:0"),
            conversation_id=ConversationId("cv_0"),
            event_id=None,
            packet="start",
            number=1,
            started_at=NOON,
            timings=Timings(),
            outcome=self.outcome,
        )
        return Trial(record=record)


class Unasked:
    """Backups that nobody takes here."""

    async def back_up(self, target: Path, *, progress: Progress) -> int:
        raise AssertionError(f"a backup to {target} was not asked for")


@pytest.mark.guarantee("F26")
async def test_an_administrators_test_brings_a_bot_back_at_once_if_it_answers(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("status-500"))) as one:
        for number in range(5):
            await comes(one, f"ct_{number}")
        tries = Tries("http_5xx")
        desk = OwnOffice(ledger=one.ledger, reader=one.office.reader, trials=tries, backups=Unasked())

        await desk.trial(ADA.id)
        after_a_failure = circuit(one).state
        tries.outcome = "ok"
        trials = [await desk.trial(ADA.id) for _ in range(2)]

        assert after_a_failure == "open"
        assert circuit(one).state == "closed"
        assert [trial.brought_back for trial in trials] == [True, False]
