"""The panel's file does not come: what the button in the corner does then."""

from __future__ import annotations

import pytest
from playwright.async_api import Route

from tests.acceptance.conftest import Stage


@pytest.mark.parametrize("hovering", [False, True])
async def test_a_panel_that_did_not_come_opens_at_the_next_click(stage: Stage, *, hovering: bool) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        asked: list[str] = []

        async def lose_the_first(route: Route) -> None:
            asked.append(route.request.url)
            await (route.abort() if len(asked) == 1 else route.continue_())

        await tab.page.route("**/panel-*.js", lose_the_first)
        # A keyboard or a finger clicks without hovering.
        await (tab.launcher.hover() if hovering else tab.launcher.evaluate("button => button.click()"))
        await tab.page.wait_for_function(
            "document.querySelector('frontdesk-chat').shadowRoot.querySelector('button').title"
        )

        await tab.is_greeted()

        assert len(asked) == 2
        assert not [line for line in tab.console if line.startswith("uncaught")]
