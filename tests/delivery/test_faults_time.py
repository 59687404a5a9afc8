"""The failure contract, by when a bot answers and where from: rows F22 to F24."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from frontdesk.core.charge import Waiting, WithBot
from frontdesk.core.entries import BotFailed
from tests.delivery.contract import SAID, talked
from tests.delivery.running import bot_of
from tests.kit.contact import visiting
from tests.kit.hostile_bot import HostileBot
from tests.kit.server import bot_server, running_server


@pytest.mark.guarantee("F22")
@pytest.mark.guarantee("D22")
@pytest.mark.parametrize("before_s", [0.05, 0.003, 0.001, -0.001, -0.05])
async def test_an_answer_at_the_deadline_is_applied_or_late_and_never_both(before_s: float, bot: HostileBot) -> None:
    bot.delay = lambda seen: int(seen.headers["chat-deadline-ms"]) / 1000 - before_s
    async with talked(bot_of(bot.url("ok"), deadline_s=1, on_failure="message")) as course:
        answered = course.outcomes.count("ok")

        assert len(course.outcomes) == 2
        assert set(course.outcomes) <= {"ok", "timeout"}
        texts = await course.one.texts(course.conversation)
        assert texts.count(SAID) == answered
        failed = [one for one in course.log if isinstance(one, BotFailed)]
        assert len(failed) == 2 - answered
        assert isinstance((await course.one.office.conversation(course.conversation)).charge, WithBot)


@pytest.mark.guarantee("F22")
async def test_far_from_the_deadline_it_is_clear_which(bot: HostileBot) -> None:
    for delay, outcome in ((0.5, "ok"), (1.3, "timeout")):
        bot.delay = lambda _, delay=delay: delay  # type: ignore[misc]
        async with talked(bot_of(bot.url("ok"), deadline_s=1)) as course:
            assert course.outcomes[0] == outcome
            charge = (await course.one.office.conversation(course.conversation)).charge
            assert isinstance(charge, WithBot if outcome == "ok" else Waiting)


def says(text: str, *, cid: str | None = None) -> dict[str, Any]:
    info = {} if cid is None else {"info": {"cid": cid}}
    return {**info, "packet": {"name": "message", "payload": {"body": text}}}


async def post(url: str, *, token: str, body: object, **headers: str) -> int:
    """Call the platform as a bot does; return the status."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=json.dumps(body), headers={"SECURITY-TOKEN": token, **headers}) as answer,
    ):
        return answer.status


@pytest.mark.guarantee("F24")
async def test_a_bot_may_call_the_api_and_wait_for_it_before_it_answers(tmp_path: Path) -> None:
    statuses: list[int] = []
    async with bot_server() as bot, running_server(tmp_path) as server:
        widget, made = await server.shop(bot, slots=1)

        async def answer(call: dict[str, Any]) -> list[dict[str, Any]]:
            cid = call["info"]["cid"]
            url = server.api_url(made.bot)
            async with asyncio.timeout(5):
                statuses.append(await post(url, token=made.token, body=[says("first, by the API", cid=cid)]))
            return [says("then, as the answer")]

        bot.answer = answer
        async with visiting(server, widget) as contact:
            await contact.ask("open", mode="normal")
            await contact.sees("message", body="then, as the answer")

            texts = [entry["body"] for entry in contact.entries if entry["kind"] == "message"]

    assert statuses == [200]
    assert texts == ["first, by the API", "then, as the answer"]


@pytest.mark.guarantee("F23")
async def test_what_a_bot_answers_and_posts_too_shows_twice_and_a_repeated_key_once(tmp_path: Path) -> None:
    async with bot_server() as bot, running_server(tmp_path) as server:
        widget, made = await server.shop(bot)
        bot.answer = lambda _: [says("Hello.")]
        async with visiting(server, widget) as contact:
            await contact.ask("open", mode="normal")
            await contact.sees("message", body="Hello.")
            body = [says("Hello.", cid=bot.calls[0]["info"]["cid"])]
            for _ in range(2):
                key = {"Idempotency-Key": "the-greeting"}
                assert await post(server.api_url(made.bot), token=made.token, body=body, **key) == 200
            await contact.say("Thanks.")
            await contact.sees("message", body="Thanks.")

            texts = [entry["body"] for entry in contact.entries if entry["kind"] == "message"]

    assert texts[:3] == ["Hello.", "Hello.", "Thanks."]
