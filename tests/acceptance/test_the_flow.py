"""The seed's "Example Chatbot Flow": what `make run` starts, used by a person.

Keeps a picture of each state in test-results/screenshots. The picture of the README is one of them; after a change of
the look, `cp test-results/screenshots/readme.png docs/images/widget.png` renews it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.acceptance.axe import has_no_barriers
from tests.acceptance.pictures import picture
from tests.acceptance.programs import demo
from tests.acceptance.scene import DESKTOP, PHONE
from tests.acceptance.widget import ChatWidget

Theme = Literal["light", "dark"]
SCREENS = {"desktop": DESKTOP, "phone": PHONE}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with demo(tmp_path_factory.mktemp("demo")) as url:
        yield url


class Visit:
    """A person in the shop, and what is kept of the visit."""

    def __init__(self, widget: ChatWidget, *, name: str) -> None:
        self.widget = widget
        self.name = name
        self.states = 0

    async def state(self, name: str) -> None:
        """Look at the state that the widget is in now: no barrier, and a picture."""
        self.states += 1
        await picture(self.widget.page, f"{self.name}-{self.states}-{name}")
        await has_no_barriers(self.widget.page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_a_customer_asks_for_an_order_and_is_passed_on(
    browser: Browser, shop: str, *, screen: str, theme: Theme
) -> None:
    phone: dict[str, Any] = (
        {"has_touch": True, "is_mobile": True, "device_scale_factor": 2} if screen == "phone" else {}
    )
    context = await browser.new_context(
        viewport=SCREENS[screen],  # type: ignore[arg-type]
        color_scheme=theme,
        locale="en-GB",
        reduced_motion="reduce",
        **phone,
    )
    async with context:
        widget = await ChatWidget(page=await context.new_page()).visits(shop)
        visit = Visit(widget, name=f"{screen}-{theme}")
        await visit.state("page")

        await asks_for_an_order(visit)
        await is_passed_on(visit)

        assert widget.dialogs == []
        assert [line for line in widget.console if "favicon" not in line and "404" not in line] == []


async def asks_for_an_order(visit: Visit) -> None:
    widget = visit.widget
    await widget.opens()
    await widget.shows("Hello, and welcome to Fern & Kettle! I am the shop's bot.")
    await widget.offers("Delivery status of an order", "Return an item", "Talk to a human")
    await visit.state("welcome")

    await widget.clicks("Delivery status of an order")
    await widget.shows("What is the order number?")
    await widget.rests("Return an item")
    await visit.state("asked")

    await widget.says("1042")
    await widget.shows("One moment, I am looking that up.")
    await widget.hides("Order 1042: On its way.")
    await visit.state("looking")

    await widget.shows("Order 1042: On its way.")
    await widget.offers("Stoneware teapot", "Show me the order", "Talk to a human")
    await visit.state("result")


async def is_passed_on(visit: Visit) -> None:
    widget = visit.widget
    await widget.clicks("Talk to a human")
    await widget.shows("You are being passed on to our team.")
    await visit.state("queued")

    await widget.leaves_email("nobody")
    await widget.shows("Please check the address. It should look like name@example.com.")
    await visit.state("email-wrong")

    await widget.leaves_email("ada@example.com")
    await widget.shows("Thank you. We will answer at ada@example.com.")
    await visit.state("email-left")


async def test_show_me_the_order_goes_to_its_page_and_the_chat_goes_on(browser: Browser, shop: str) -> None:
    async with await browser.new_context(viewport=DESKTOP, locale="en-GB") as context:  # type: ignore[arg-type]
        widget = await ChatWidget(page=await context.new_page()).visits(shop)
        await widget.opens()
        await widget.offers("Delivery status of an order")
        await widget.says("1042")
        await widget.offers("Show me the order")

        await widget.clicks("Show me the order")

        await widget.page.wait_for_url(f"{shop}order-1042")
        await widget.is_open()
        await widget.shows("Here we go.")
        await widget.shows(f"You were taken to {shop}order-1042")


async def test_the_picture_of_the_readme(browser: Browser, shop: str) -> None:
    context = await browser.new_context(
        viewport={"width": 1280, "height": 820}, device_scale_factor=2, locale="en-GB", reduced_motion="reduce"
    )
    async with context:
        widget = await ChatWidget(page=await context.new_page()).visits(shop)
        await widget.opens()
        await widget.clicks("Delivery status of an order")
        await widget.shows("What is the order number?")
        await widget.says("1042")
        await widget.offers("Show me the order")

        await picture(widget.page, "readme")
