"""What a contact sees of a bot that is slow, silent or broken: always something, never a fault's own words (D22, F)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import expect

from frontdesk.actions.configure import SaveBot
from tests.acceptance.conftest import Stage
from tests.acceptance.scene import message, parrot
from tests.kit.hostile_bot import closed_port

#: No word of a fault reaches a contact.
RAW = re.compile(
    r"traceback|error|exception|undefined|null|NaN|\b[45]\d\d\b|json|http|webhook|timeout|timed out", re.IGNORECASE
)


class Thinker:
    """Greets at once, and answers everything else when it is told to."""

    def __init__(self) -> None:
        self.done = asyncio.Event()

    async def __call__(self, call: dict[str, Any]) -> Any:
        if call["packet"]["name"] != "start":
            await self.done.wait()
        return parrot(call)


async def test_dots_after_a_moment_then_a_line_of_patience_then_the_answer(stage: Stage) -> None:
    bot = Thinker()
    async with stage(bot, bot={"patience_after_s": 2, "patience_line": "Still brewing."}) as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        begun = monotonic()
        await tab.says("tea?")

        await expect(tab.dots).to_be_attached()
        assert monotonic() - begun >= 0.75
        await tab.shows("Still brewing.")
        assert monotonic() - begun >= 1.9
        bot.done.set()

        await tab.shows("You said tea?.")
        await expect(tab.dots).to_have_count(0)
        await tab.shows("Still brewing.")


async def test_an_answer_that_is_quick_shows_no_dots(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        await tab.page.evaluate(
            """() => {
              window.dots = 0;
              const inner = document.querySelector('frontdesk-chat').shadowRoot.querySelector('div').shadowRoot;
              new MutationObserver(() => { window.dots += inner.querySelectorAll('.typing').length; })
                .observe(inner, { childList: true, subtree: true });
            }"""
        )

        await tab.says("tea?")
        await tab.shows("You said tea?.")

        assert await tab.page.evaluate("window.dots") == 0


@pytest.mark.guarantee("D22")
async def test_a_bot_that_never_answers_ends_in_a_fallback_and_its_late_answer_is_not_shown(stage: Stage) -> None:
    bot = Thinker()
    settings = {"deadline_s": 2, "patience_after_s": 1, "failure_line": "Our bot lost its way."}
    async with stage(bot, bot=settings) as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        await tab.says("tea?")

        await tab.shows("Our bot lost its way.", within=8)
        await expect(tab.dots).to_have_count(0)
        await tab.leaves_email("ada@example.com")
        await tab.shows("Thank you. We will answer at ada@example.com.")
        bot.done.set()
        await tab.says("hello?")
        await tab.sent("hello?")

        await tab.hides("You said tea?.")
        await tab.hides("You said hello?.")


def broken(kind: str) -> Any:
    """Return an answer to anything but `start` that no bot should give."""
    match kind:
        case "500":
            return web.Response(status=500, text="Traceback (most recent call last): KeyError")
        case "404":
            return web.Response(status=404)
        case "html":
            return web.Response(text="<h1>It works!</h1>", content_type="text/html")
        case "wrong event":
            return [{"packet": {"name": "dance", "payload": {}}}]
        case "no body":
            return [{"packet": {"name": "message", "payload": {}}}]
        case _:
            return web.Response(status=302, headers={"Location": "/elsewhere"})


@pytest.mark.parametrize("kind", ["500", "404", "html", "wrong event", "no body", "redirect"])
async def test_a_broken_answer_ends_in_words_for_people(stage: Stage, *, kind: str) -> None:
    def answer(call: dict[str, Any]) -> Any:
        return [message("Hello.")] if call["packet"]["name"] == "start" else broken(kind)

    async with stage(answer) as scene:
        tab = await scene.tab()
        await tab.is_greeted()

        await tab.says("tea?")

        await tab.shows(re.compile("Sorry, that did not work"))
        await expect(tab.log.get_by_role("textbox", name="Your e-mail address")).to_be_visible()
        words = await tab.log.inner_text()
        assert not RAW.search(words), words
        assert tab.console == []


async def test_a_bot_that_is_down_is_no_dead_end(stage: Stage) -> None:
    async with stage() as scene:
        before = scene.robo.bot
        after = replace(before, webhook_url=f"http://127.0.0.1:{closed_port()}/")
        await scene.server.store.ledger.run(SaveBot(before=before, after=after))
        tab = await scene.tab()

        await tab.opens()

        await tab.shows(re.compile("Sorry, that did not work"), within=15)
        await tab.leaves_email("ada@example.com")
        await tab.shows("Thank you. We will answer at ada@example.com.")
        words = await tab.log.inner_text()
        assert not RAW.search(words), words
