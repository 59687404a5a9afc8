"""The widget as the person in front of it sees it; every word here is something she does or sees."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, expect

#: Milliseconds that anything may take to appear.
SOON = 10_000
#: What the header says while there is no connection.
BROKEN = re.compile("Connecting|[Cc]onnection|offline")


@dataclass
class ChatWidget:
    """One tab with the widget on its page."""

    page: Page
    #: Addresses that this tab asked for, and the sockets that it opened.
    requests: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    #: What was written to the console, uncaught errors included, and the dialogs that came up.
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SOON)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.sockets.append(socket.url))
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))
        self.page.on("dialog", self._dismissed)

    async def _dismissed(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    # ---------------------------------------------------------------- where things are

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def host(self) -> Locator:
        return self.page.locator("frontdesk-chat")

    @property
    def launcher(self) -> Locator:
        return self.host.get_by_role("button", name=re.compile(r"^Chat( \(\d+\))?$"))

    @property
    def panel(self) -> Locator:
        return self.host.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        return self.panel.get_by_role("log")

    @property
    def composer(self) -> Locator:
        return self.panel.get_by_role("textbox", name="Your message")

    @property
    def send(self) -> Locator:
        return self.panel.get_by_role("button", name="Send", exact=True)

    @property
    def status(self) -> Locator:
        return self.panel.get_by_role("banner").or_(self.panel.locator("header")).get_by_role("status")

    @property
    def dots(self) -> Locator:
        return self.log.get_by_text(re.compile("is writing"))

    def option(self, headline: str) -> Locator:
        """The newest button with this headline."""
        return self.log.get_by_role("button", name=headline).last

    # ---------------------------------------------------------------- what she does

    async def visits(self, url: str) -> ChatWidget:
        """Go to a page and wait for the button in its corner."""
        await self.page.goto(url)
        await expect(self.host).to_be_attached(timeout=SOON)
        return self

    async def opens(self) -> None:
        await self.launcher.click()
        await self.is_open()

    async def is_greeted(self) -> None:
        """Open the panel and wait for the parrot's first word."""
        await self.opens()
        await self.shows("Hello.")

    async def closes(self) -> None:
        await self.panel.get_by_role("button", name="Close chat").click()
        await self.is_closed()

    async def types(self, text: str) -> None:
        await self.composer.fill(text)

    async def says(self, text: str) -> None:
        await self.types(text)
        await self.composer.press("Enter")

    async def clicks(self, headline: str) -> None:
        await self.option(headline).click()

    async def leaves_email(self, address: str) -> None:
        await self.log.get_by_role("textbox", name="Your e-mail address").fill(address)
        await self.log.get_by_role("button", name="Leave address").click()

    async def reloads(self) -> None:
        await self.page.reload()
        await expect(self.host).to_be_attached(timeout=SOON)

    # ---------------------------------------------------------------- what she sees

    async def is_open(self) -> None:
        await expect(self.panel).to_be_visible(timeout=SOON)

    async def is_closed(self) -> None:
        await expect(self.panel).to_be_hidden(timeout=SOON)

    async def shows(self, text: str | re.Pattern[str], *, times: int = 1, within: float = 10.0) -> None:
        """Wait until the history shows this text, as often as that and no more."""
        found = self.log.get_by_text(text).filter(visible=True)
        await expect(found).to_have_count(times, timeout=within * 1000)

    async def hides(self, text: str | re.Pattern[str]) -> None:
        await expect(self.log.get_by_text(text).filter(visible=True)).to_have_count(0, timeout=SOON)

    async def offers(self, *headlines: str) -> None:
        """Wait until these buttons are there and can be clicked."""
        for headline in headlines:
            await expect(self.option(headline)).to_be_enabled(timeout=SOON)

    async def rests(self, headline: str) -> None:
        """Wait until the newest button with this headline cannot be clicked any more."""
        await expect(self.option(headline)).to_have_attribute("aria-disabled", "true", timeout=SOON)

    async def badge(self, count: int) -> None:
        """Wait until the button in the corner shows that many unread messages."""
        await expect(self.launcher).to_have_attribute("data-unread", str(count or ""), timeout=SOON)

    async def is_refused(self) -> None:
        await expect(self.panel.get_by_role("heading", name="The chat is not available here")).to_be_visible()

    async def connected(self) -> None:
        await expect(self.status).not_to_have_text(BROKEN, timeout=SOON)

    async def disconnected(self) -> None:
        await expect(self.status).to_have_text(BROKEN, timeout=SOON)

    async def sent(self, text: str) -> None:
        """Wait until the message is marked as sent."""
        row = self.log.locator(".row.mine").filter(has_text=text).last
        await expect(row.get_by_text("Sent", exact=True)).to_be_attached(timeout=SOON)

    async def waits(self, text: str) -> None:
        """Wait until the message is marked as waiting for a connection."""
        row = self.log.locator(".row.mine").filter(has_text=text).last
        await expect(row.get_by_text("Waiting for a connection")).to_be_visible(timeout=SOON)

    async def transcript(self) -> list[str]:
        """Every text of the history from top to bottom, without the buttons below it."""
        texts: list[str] = await self.log.locator(".slip").evaluate_all(
            "slips => slips.map(slip => (slip.querySelector('.text') ?? slip).innerText.trim().split(/\\s+/).join(' '))"
        )
        return texts

    async def reads(self, *texts: str) -> None:
        """Wait until the history is exactly this."""
        wanted = list(texts)
        until = asyncio.get_running_loop().time() + SOON / 1000
        while (now := await self.transcript()) != wanted:
            assert asyncio.get_running_loop().time() < until, f"the history is {now}"
            await asyncio.sleep(0.02)
