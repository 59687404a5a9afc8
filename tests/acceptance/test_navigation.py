"""Where a bot's link may take the contact, judged by the browser's own URL parser (GUARANTEES B9, list of 7.4)."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.acceptance.conftest import Stage
from tests.acceptance.scene import event, message

HOST = "shop.example"
#: With {host} for the host and port of the page; what leads elsewhere, though some parsers would say it does not.
ELSEWHERE = [
    "https://evil.example/",
    "http://shop.example.evil.example/",
    "http://evil-shop.example/",
    "http://evil.example/@{host}",
    "http://evil.example#@{host}",
    "http://evil.example?@{host}",
    "http://shop.example:1/other-port",
    "http://shop.example/no-port",
    "https://shop.example%2eevil.example/",
    "http://shop.example。evil.example/",
    "http://shop.example．evil.example/",
    "http://xn--shp-5na.example/",
    "http://shop.exámple/",
    "http://sub.{host}/",
    "https://evil.example:443/http://{host}/",
    "http://127.0.0.1:1/",
    "http://[::1]/",
]
#: What no parser has to judge, since the platform refuses it.
REFUSED = [
    "https://evil.example\\@{host}/",
    "/\\evil.example",
    "https:/\\evil.example",
    "//evil.example/x",
    "http://shop\t.example/",
    "java\nscript:alert(1)",
    "javascript:alert(1)",
    "blob:http://{host}/1",
    "data:text/html,<script>alert(1)</script>",
    "https:evil",
    "/order",
    "http://{host}@evil.example/",
    "http://evil.example\\\\@{host}",
    "http:///evil.example",
]
#: What leads to the page's own host, however it is written.
HERE = [
    "http://{host}/order",
    "HTTP://SHOP.EXAMPLE:{port}/order",
    "http://{host}/./x/../order",
    "http://ｓｈｏｐ.example:{port}/order",
]


def written(url: str, *, port: int) -> str:
    return url.format(host=f"{HOST}:{port}", port=port)


# In two halves, as each navigation is a command of the tab, and a socket takes 20 of them in 10 seconds.
@pytest.mark.guarantee("B9")
@pytest.mark.parametrize("elsewhere", [ELSEWHERE[::2], ELSEWHERE[1::2]], ids=["even", "odd"])
async def test_to_another_host_nobody_is_taken_and_the_fallback_shows_the_link(
    stage: Stage, elsewhere: list[str]
) -> None:
    async with stage() as scene:
        tab = await scene.tab(url=scene.site.url(host=HOST))
        await tab.is_greeted()

        for number, url in enumerate(elsewhere):
            target = written(url, port=scene.site.port)
            await scene.bot_sends(
                event("navigate", url=target, fallback=f"No {number}: {{{{link}}}} and {{{{link}}}}.")
            )
            shown = tab.log.locator(".slip").filter(has_text=f"No {number}: ")
            await expect(shown).to_have_text(f"No {number}: {target} and {target}.")

        assert tab.page.url == scene.site.url(host=HOST)
        await tab.reloads()
        first = written(elsewhere[0], port=scene.site.port)
        await tab.shows(f"No 0: {first} and {first}.")
        assert tab.page.url == scene.site.url(host=HOST)
        assert scene.site.asked.count("/") == 2


@pytest.mark.guarantee("B9")
async def test_an_address_that_parsers_read_differently_is_refused_and_nobody_moves(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab(url=scene.site.url(host=HOST))
        await tab.is_greeted()

        for url in REFUSED:
            target = written(url, port=scene.site.port)
            assert await scene.bot_tries(event("navigate", url=target, fallback="No: {{link}}")) == 422, target

        await scene.bot_sends(message("That was all."))
        await tab.reads("Hello.", "That was all.")
        assert tab.page.url == scene.site.url(host=HOST)


@pytest.mark.guarantee("B9")
@pytest.mark.parametrize("url", HERE)
async def test_to_the_pages_own_host_the_contact_is_taken(stage: Stage, *, url: str) -> None:
    async with stage() as scene:
        scene.site.add("/order", head=scene.tag)
        tab = await scene.tab(url=scene.site.url(host=HOST))
        await tab.is_greeted()
        await tab.types("unsent")

        await scene.bot_sends(event("navigate", url=written(url, port=scene.site.port), fallback="{{link}}"))

        await tab.page.wait_for_url(scene.site.url("/order", host=HOST))
        await tab.is_open()
        await tab.shows("Hello.")
        await expect(tab.composer).to_have_value("unsent")


@pytest.mark.guarantee("B9")
async def test_a_link_that_came_while_nobody_was_there_is_shown_and_not_followed(stage: Stage) -> None:
    async with stage() as scene:
        person = await scene.person()
        tab = await scene.tab(person)
        await tab.is_greeted()
        await tab.page.goto("about:blank")
        target = scene.site.url("/order")

        await scene.bot_sends(event("navigate", url=target, fallback="See {{link}}"))
        await tab.visits(scene.site.url())

        await tab.shows(f"See {target}")
        assert tab.page.url == scene.site.url()
        assert "/order" not in scene.site.asked
