"""Reloads, lost connections and a server that is killed: nothing is lost and nothing appears twice (R1, R5, D3)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.cable import cable
from tests.acceptance.conftest import Stage
from tests.acceptance.desk import open_desk
from tests.acceptance.scene import message, parrot
from tests.acceptance.widget import ChatWidget

HELLO_AND_TEA = ("Hello.", "tea?", "You said tea?.")


async def test_a_reload_keeps_the_conversation_the_open_panel_and_the_draft(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        await tab.says("tea?")
        await tab.shows("You said tea?.")
        await tab.types("What I have not said y")

        for _ in range(2):
            await tab.reloads()

            await tab.is_open()
            await tab.reads(*HELLO_AND_TEA)
            await expect(tab.composer).to_have_value("What I have not said y")
        assert scene.said() == ["tea?"]


async def test_a_closed_panel_stays_closed_after_a_reload_and_the_history_is_there(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        await tab.says("tea?")
        await tab.shows("You said tea?.")
        await tab.closes()

        await tab.reloads()

        await expect(tab.launcher).to_have_attribute("aria-expanded", "false")
        await tab.opens()
        await tab.reads(*HELLO_AND_TEA)


async def test_what_came_while_the_page_was_closed_is_unread_on_the_next(stage: Stage) -> None:
    async with stage() as scene:
        person = await scene.person()
        tab = await scene.tab(person)
        await tab.is_greeted()
        await tab.says("tea?")
        await tab.shows("You said tea?.")
        await tab.closes()
        await tab.page.goto("about:blank")

        await scene.bot_sends(message("It is ready."))
        again = await scene.tab(person)

        await again.badge(1)
        await again.opens()
        await again.shows("It is ready.")
        await again.badge(0)


@pytest.mark.guarantee("R5")
async def test_a_message_written_offline_waits_survives_a_reload_and_is_sent_once(stage: Stage) -> None:
    async with stage() as scene, cable(scene.server.url) as line:
        scene.site.add("/", head=scene.tag_from(line.url))
        tab = await scene.tab()
        await tab.is_greeted()
        await line.pulled()
        await tab.disconnected()

        await tab.says("Are you there?")
        await tab.waits("Are you there?")
        await tab.reloads()
        await tab.waits("Are you there?")
        assert scene.said() == []
        await line.plugged()

        await tab.shows("You said Are you there?.", within=20)
        await tab.sent("Are you there?")
        await tab.reads("Hello.", "Are you there?", "You said Are you there?.")
        assert scene.said() == ["Are you there?"]


@pytest.mark.guarantee("R5")
async def test_a_message_that_waited_for_more_than_a_day_becomes_a_draft(stage: Stage) -> None:
    async with stage() as scene, cable(scene.server.url) as line:
        scene.site.add("/", head=scene.tag_from(line.url))
        tab = await scene.tab()
        await tab.page.clock.install()
        await tab.page.goto(scene.site.url())
        await tab.is_greeted()
        await line.pulled()
        await tab.disconnected()
        await tab.says("Too late?")
        await tab.waits("Too late?")

        await tab.page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=25))
        await line.plugged()

        await expect(tab.composer).to_have_value("Too late?", timeout=30_000)
        await tab.reads("Hello.")
        assert scene.said() == []


@pytest.mark.guarantee("D3")
async def test_cuts_at_any_moment_leave_each_message_once_and_in_order(stage: Stage) -> None:
    async with stage() as scene, cable(scene.server.url) as line:
        scene.site.add("/", head=scene.tag_from(line.url))
        tab = await scene.tab()
        await tab.is_greeted()

        for number in range(6):
            await tab.says(f"number {number}")
            await line.pulled()
            await line.plugged()
        await tab.shows("You said number 5.", within=30)

        wanted = [f"number {number}" for number in range(6)]
        assert scene.said() == wanted
        transcript = await tab.transcript()
        assert [text for text in transcript if text.startswith("number")] == wanted
        assert [text for text in transcript if text.startswith("You said")] == [f"You said {text}." for text in wanted]


@pytest.mark.process
@pytest.mark.guarantee("D1")
@pytest.mark.guarantee("D9")
async def test_a_server_that_is_killed_in_mid_chat_comes_back_with_everything_once(
    browser: Browser, tmp_path: Path
) -> None:
    async with open_desk(tmp_path) as desk, await browser.new_context(locale="en-GB") as context:
        tab = await ChatWidget(page=await context.new_page()).visits(desk.site.url())
        await tab.is_greeted()
        await tab.says("one")
        await tab.shows("You said one.")

        await desk.is_killed()
        await tab.disconnected()
        await tab.says("two")
        await tab.waits("two")
        await desk.is_back()
        await tab.shows("You said two.", within=20)

        # Killed while the bot thinks: the event comes again, and its answer appears once.
        thinking = asyncio.Event()
        desk.bot.answer = partial(slow_parrot, thinking)
        before = len(desk.bot.calls)
        await tab.says("three")
        await desk.bot.called(before + 1)
        await desk.is_killed()
        thinking.set()
        await desk.is_back()
        await tab.shows("You said three.", within=20)

        await tab.reads("Hello.", "one", "You said one.", "two", "You said two.", "three", "You said three.")
        await tab.reloads()
        await tab.reads("Hello.", "one", "You said one.", "two", "You said two.", "three", "You said three.")
        assert list(dict.fromkeys(desk.said())) == ["one", "two", "three"]
        assert desk.said().count("two") == 1


async def slow_parrot(thinking: asyncio.Event, call: dict[str, Any]) -> list[dict[str, Any]]:
    await thinking.wait()
    return parrot(call)
