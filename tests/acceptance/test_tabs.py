"""Several tabs of one person are one chat (GUARANTEES R7), and a link moves one of them (B9)."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import BrowserContext

from tests.acceptance.conftest import Stage
from tests.acceptance.scene import Scene, event, message
from tests.acceptance.widget import ChatWidget

#: Counts, in the page's own words, how often the widget asked for a sound.
COUNT_RINGS = "window.rings = 0; Frontdesk('on', 'ring', () => { window.rings += 1; })"


async def two_tabs(scene: Scene) -> tuple[ChatWidget, ChatWidget]:
    """Open two tabs of one person who has said something, both panels closed, both connected."""
    person = await scene.person()
    left = await scene.tab(person)
    await left.is_greeted()
    await left.says("one")
    await left.shows("You said one.")
    await left.closes()
    right = await scene.tab(person)
    await right.opens()
    await right.shows("You said one.")
    await right.closes()
    return left, right


@pytest.mark.guarantee("R7")
async def test_what_is_said_in_one_tab_appears_in_the_other_in_the_same_order(stage: Stage) -> None:
    async with stage() as scene:
        person = await scene.person()
        left, right = await scene.tab(person), await scene.tab(person)
        await left.opens()
        await right.opens()
        await left.shows("Hello.")

        await left.says("one")
        await right.shows("You said one.")
        await right.says("two")

        for tab in (left, right):
            await tab.reads("Hello.", "one", "You said one.", "two", "You said two.")
        assert scene.said() == ["one", "two"]


@pytest.mark.guarantee("R7")
async def test_both_tabs_count_the_same_unread_and_reading_in_one_clears_both(stage: Stage) -> None:
    async with stage() as scene:
        left, right = await two_tabs(scene)

        await scene.bot_sends(message("Two things:"), message("first,"))
        for tab in (left, right):
            await tab.badge(2)
        await scene.bot_sends(message("second."))
        for tab in (left, right):
            await tab.badge(3)
        await right.opens()

        for tab in (left, right):
            await tab.badge(0)


@pytest.mark.guarantee("R7")
async def test_one_tab_rings_for_a_message(stage: Stage) -> None:
    async with stage() as scene:
        left, right = await two_tabs(scene)
        for tab in (left, right):
            await tab.page.evaluate(COUNT_RINGS)

        await scene.bot_sends(message("Ding."))
        for tab in (left, right):
            await tab.badge(1)

        rings = [await tab.page.evaluate("window.rings") for tab in (left, right)]
        assert sorted(rings) == [0, 1]


@pytest.mark.guarantee("D3")
async def test_what_two_tabs_send_at_once_is_sent_once_each(stage: Stage) -> None:
    async with stage() as scene:
        person = await scene.person()
        left, right = await scene.tab(person), await scene.tab(person)
        for tab in (left, right):
            await tab.is_greeted()

        await asyncio.gather(left.says("from the left"), right.says("from the right"))

        for tab in (left, right):
            await tab.shows("You said from the left.")
            await tab.shows("You said from the right.")
            await tab.shows("from the left", times=2)
        assert await left.transcript() == await right.transcript()
        assert sorted(scene.said()) == ["from the left", "from the right"]


async def first_to_arrive(tabs: list[ChatWidget], url: str) -> ChatWidget:
    waits = {asyncio.create_task(tab.page.wait_for_url(url)): tab for tab in tabs}
    done, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=10)
    for one in others:
        one.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    assert len(done) == 1, "no tab went there"
    return waits[done.pop()]


async def opened(scene: Scene, person: BrowserContext) -> ChatWidget:
    tab = await scene.tab(person)
    await tab.is_greeted()
    return tab


@pytest.mark.guarantee("B9")
async def test_a_link_moves_exactly_one_tab_and_never_again(stage: Stage) -> None:
    async with stage() as scene:
        scene.site.add("/order", head=scene.tag)
        person = await scene.person()
        tabs = [await opened(scene, person) for _ in range(3)]
        target = scene.site.url("/order")

        await scene.bot_sends(event("navigate", url=target, fallback="See {{link}}"))
        for tab in tabs:
            await tab.shows(f"You were taken to {target}")

        moved = await first_to_arrive(tabs, target)
        assert [tab for tab in tabs if tab.page.url == target] == [moved]
        asked = scene.site.asked.count("/order")
        assert asked == 1
        for tab in tabs:
            await tab.page.goto(scene.site.url())
            await tab.is_open()
            await tab.shows(f"You were taken to {target}")
            assert tab.page.url == scene.site.url()
        assert scene.site.asked.count("/order") == asked
