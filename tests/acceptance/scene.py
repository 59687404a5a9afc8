"""A server, a bot with a script, a website with the widget on it, and the people who visit it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Browser, BrowserContext

from frontdesk.actions.configure import NewBot
from frontdesk.core.people import Look, Widget
from tests.acceptance.website import Website, website
from tests.acceptance.widget import ChatWidget
from tests.kit.server import BotServer, Handler, Running, bot_server, running_server

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
KEY = "wk_shop"


def event(name: str, **payload: Any) -> dict[str, Any]:
    """Return one event as a bot writes it."""
    return {"packet": {"name": name, "payload": payload}}


def message(body: str, **more: Any) -> dict[str, Any]:
    return event("message", body=body, **more)


def bubbles(body: str, *options: str) -> dict[str, Any]:
    return event("bubbles", body=body, options=list(options))


def parrot(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Greet, then say again what was said or clicked."""
    packet = call["packet"]
    match packet["name"]:
        case "start":
            return [message("Hello.")]
        case "click":
            return [message(f"You chose {packet['payload']['headline']}.")]
        case _:
            return [message(f"You said {packet['payload']['body']}.")]


@dataclass
class Scene:
    """Where a test plays."""

    browser: Browser
    server: Running
    bot: BotServer
    robo: NewBot
    widget: Widget
    site: Website
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def tag(self) -> str:
        return self.tag_from(self.server.url)

    def tag_from(self, desk: str) -> str:
        """Return the snippet for a page that reaches the server at this address."""
        return f'<script async src="{desk}/loader.js" data-widget="{self.widget.key}"></script>'

    async def person(self, **wishes: Any) -> BrowserContext:
        """Return a browser profile of somebody who was never here."""
        options = {"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce", **wishes}
        return await self.stack.enter_async_context(await self.browser.new_context(**options))

    async def tab(self, person: BrowserContext | None = None, *, url: str | None = None, **wishes: Any) -> ChatWidget:
        """Open a tab of a person, of a new one without, on the page with the widget."""
        page = await (person or await self.person(**wishes)).new_page()
        return await ChatWidget(page=page).visits(url or self.site.url())

    async def bot_sends(self, *events: dict[str, Any]) -> None:
        """Call the API URL with these events for the newest session."""
        assert await self.bot_tries(*events) == 200

    async def bot_tries(self, *events: dict[str, Any]) -> int:
        """Call the API URL; return the status of its answer."""
        cid = self.bot.calls[-1]["info"]["cid"]
        body = [{"info": {"cid": cid}, **one} for one in events]
        headers = {"SECURITY-TOKEN": self.robo.token}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.server.api_url(self.robo.bot), json=body, headers=headers) as answer,
        ):
            return answer.status

    def said(self) -> list[str]:
        """What the bot was told that the contact wrote."""
        return [call["packet"]["payload"]["body"] for call in self.bot.calls if call["packet"]["name"] == "message"]


@asynccontextmanager
async def scene(
    browser: Browser, folder: Path, answer: Handler = parrot, *, bot: dict[str, Any] | None = None, **widget: Any
) -> AsyncIterator[Scene]:
    """Set everything up; `bot` and `widget` are settings of theirs."""
    async with (
        bot_server(answer) as robo,
        website() as site,
        running_server(folder) as server,
        AsyncExitStack() as stack,
    ):
        group = await server.group()
        wanted = {
            "key": KEY,
            "groups": (group,),
            "domains": tuple(f"{host}:{site.port}" for host in ("127.0.0.1", "localhost", "shop.example")),
            "look": Look(title="Fern & Kettle"),
            **widget,
        }
        made = await server.bot(robo.url, groups=(group,), **(bot or {}))
        stage = Scene(browser, server, robo, made, await server.widget(**wanted), site, stack)
        site.add("/", head=stage.tag)
        yield stage
