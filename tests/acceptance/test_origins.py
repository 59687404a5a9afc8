"""A page that the widget's settings do not name (GUARANTEES S4, S7)."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Stage


@pytest.mark.guarantee("S4")
@pytest.mark.guarantee("S7")
async def test_on_a_site_that_is_not_listed_the_widget_says_so_and_the_console_names_the_fix(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab(url=scene.site.url(host="evil-shop.example"))

        await tab.opens()

        await tab.is_refused()
        assert not await tab.composer.count()
        command = f"frontdesk widget edit wk_shop --domain evil-shop.example:{scene.site.port}"
        assert any(command in line for line in tab.console), tab.console
        assert len(tab.sockets) == 1
        assert scene.bot.calls == []


async def test_a_widget_that_does_not_exist_says_so_too(stage: Stage) -> None:
    async with stage() as scene:
        scene.site.add("/typo", head=scene.tag.replace(scene.widget.key, "wk_shoop"))
        tab = await scene.tab(url=scene.site.url("/typo"))

        await tab.opens()

        await tab.is_refused()
        assert any("There is no widget with this key" in line for line in tab.console), tab.console


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "shop.example"])
async def test_on_a_listed_site_one_can_chat(stage: Stage, *, host: str) -> None:
    async with stage() as scene:
        tab = await scene.tab(url=scene.site.url(host=host))

        await tab.is_greeted()
