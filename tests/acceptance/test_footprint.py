"""What the widget costs the page that it is on: few requests, none to others, no cookie."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.acceptance.conftest import Stage


@pytest.mark.guarantee("P6")
async def test_one_request_at_page_load_two_more_and_a_socket_at_first_open(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await expect(tab.launcher).to_be_visible()
        await tab.page.wait_for_load_state("networkidle")
        desk = [url for url in tab.requests if url.startswith(scene.server.url)]
        assert desk == [f"{scene.server.url}/loader.js"]

        await tab.is_greeted()

        first, second = [urlsplit(url).path for url in tab.requests if url.startswith(scene.server.url)][1:]
        assert first.startswith("/panel-")
        assert second.startswith("/more-")
        assert tab.sockets == [scene.server.socket_url(scene.widget)]


@pytest.mark.guarantee("P6")
async def test_nobody_else_is_asked_and_no_cookie_is_set(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        await tab.says("tea?")
        await tab.shows("You said tea?.")
        await tab.reloads()
        await tab.shows("You said tea?.")

        parties = {urlsplit(url).netloc for url in (*tab.requests, *tab.sockets)}

        assert parties == {urlsplit(scene.server.url).netloc, urlsplit(scene.site.url()).netloc}
        assert await tab.context.cookies() == []
        assert await tab.page.evaluate("document.cookie") == ""
