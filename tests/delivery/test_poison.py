"""Events that our own code fails at: tried three times, given to humans, and the lane goes on (guarantee D13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from frontdesk.actions.apply_answer import ApplyAnswer
from frontdesk.actions.fail_attempt import FailAttempt
from frontdesk.actions.ports import Case, Decision
from frontdesk.core.charge import Waiting, WithBot
from frontdesk.core.entries import BotFailed, Message
from frontdesk.core.people import SigningSecret
from tests.delivery.contract import ASKED, falls_back
from tests.delivery.running import Running, bot_of, rest, running
from tests.kit.hostile_bot import HostileBot

SECRET = "canary-0001"
pytestmark = pytest.mark.guarantee("D13")


class Poison:
    """A ledger's command that fails as often as the test says; counts how often it was tried."""

    def __init__(self, kind: type, *, times: int = 1_000) -> None:
        self.tried = 0
        self._kind = kind
        self._times = times
        self._decide: Any = kind.decide  # type: ignore[attr-defined]

    def put(self, monkeypatch: pytest.MonkeyPatch, *, packet: str = "message") -> None:
        poison = self

        def decide(command: Any, case: Case) -> Decision[Any]:
            if command.record.packet == packet:
                poison.tried += 1
                if poison.tried <= poison._times:
                    raise KeyError(SECRET)
            return poison._decide(command, case)  # type: ignore[no-any-return]

        monkeypatch.setattr(self._kind, "decide", decide)


async def handed_over(one: Running, *, name: str = "ct_1") -> list[str]:
    """Let a contact greet and write; assert that a human has it in the end, and return the log's reasons."""
    contact = await one.office.contact(name)
    await one.office.opens(contact)
    await rest(one)
    receipt = await one.office.says(contact, ASKED)
    await rest(one)
    assert receipt.conversation_id is not None
    assert isinstance((await one.office.conversation(receipt.conversation_id)).charge, Waiting)
    log = await one.office.log(receipt.conversation_id)
    assert Message(body=ASKED) in log
    assert [item.fault for item in log if isinstance(item, BotFailed)] == ["internal"]
    session = one.office.session_of(receipt.conversation_id)
    assert session.head is None
    return [record.reason for record in await one.attempts() if record.outcome == "internal"]


async def test_an_answer_that_cannot_be_applied_is_tried_three_times_without_calling_the_bot_again(
    bot: HostileBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = Poison(ApplyAnswer)
    async with running(bot_of(bot.url("ok"))) as one:
        poison.put(monkeypatch)
        reasons = await handed_over(one)

        assert poison.tried == 3
        assert len(reasons) == 1
        assert "KeyError at " in reasons[0]
        assert "test_poison.py" in reasons[0], "the record names the place"
        assert SECRET not in reasons[0], "and quotes nothing"
    assert len(bot.journal) == 2, "start and the message, each once"


async def test_a_fault_that_passes_costs_the_contact_nothing(bot: HostileBot, monkeypatch: pytest.MonkeyPatch) -> None:
    poison = Poison(ApplyAnswer, times=2)
    async with running(bot_of(bot.url("ok"))) as one:
        poison.put(monkeypatch)
        contact = await one.office.contact()
        receipt = await one.office.says(contact, ASKED)
        await rest(one)

        assert await one.outcomes() == ["ok", "ok"]
        assert receipt.conversation_id is not None
        assert isinstance((await one.office.conversation(receipt.conversation_id)).charge, WithBot)
    assert poison.tried == 3


async def test_where_even_falling_back_fails_the_event_is_buried(
    bot: HostileBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        Poison(ApplyAnswer).put(monkeypatch)
        Poison(FailAttempt).put(monkeypatch)

        reasons = await handed_over(one)

        assert len(reasons) == 1
        assert "KeyError" in reasons[0]


async def test_a_poisoned_conversation_does_not_touch_another_one(
    bot: HostileBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        poison = Poison(ApplyAnswer, times=3)
        poison.put(monkeypatch)
        await handed_over(one)

        receipt = await one.office.says(await one.office.contact("ct_2"), "Hello?")
        await rest(one)

        assert receipt.conversation_id is not None
        assert isinstance((await one.office.conversation(receipt.conversation_id)).charge, WithBot)


async def test_the_contact_can_go_on_writing_to_the_humans(bot: HostileBot, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        Poison(ApplyAnswer).put(monkeypatch)
        await handed_over(one)

        receipt = await one.office.says(await one.office.contact(), "Anybody?")
        await rest(one)

        assert receipt.conversation_id is not None
        assert Message(body="Anybody?") in await one.office.log(receipt.conversation_id)


async def test_a_call_that_we_cannot_even_make_is_tried_three_times(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("ok"))) as one:
        await one.office.opens(await one.office.contact("ct_other"))
        await rest(one)
        made = one.lanes._reader.directory().bots
        spoiled = {
            key: replace(value, secrets=(SigningSecret(secret="whsec_!", created_at=value.secrets[0].created_at),))
            for key, value in made.items()
        }
        directory = replace(one.lanes._reader.directory(), bots=spoiled)
        one.lanes._reader = Spoiled(directory)  # type: ignore[assignment]
        await one.office.says(await one.office.contact(), ASKED)
        await rest(one)

        assert await one.outcomes() == ["ok", "internal", "internal", "internal"]
    assert len(bot.journal) == 1


class Spoiled:
    """A reader with another directory."""

    def __init__(self, directory: Any) -> None:
        self._directory = directory

    def directory(self) -> Any:
        return self._directory


async def test_what_the_bot_said_is_nowhere_in_what_the_contact_sees(
    bot: HostileBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Poison(ApplyAnswer).put(monkeypatch, packet="start")

    await falls_back(bot.url("ok"), fault="internal")
