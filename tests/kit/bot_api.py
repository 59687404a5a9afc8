"""A bot's program that calls the API URL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from frontdesk.actions.configure import NewBot
from frontdesk.core.people import Widget
from tests.kit.contact import Contact, visiting
from tests.kit.server import BotServer, Running, bot_server, running_server


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code at the end of a problem's type."""
        return str(self.json["type"]).rpartition("/")[2]

    @property
    def paths(self) -> list[str]:
        return [one["path"] for one in self.json.get("errors", [])]


@dataclass
class BotApi:
    """One bot, in charge of one contact's conversation."""

    http: aiohttp.ClientSession
    server: Running
    bot: NewBot
    hook: BotServer
    widget: Widget
    contact: Contact

    @property
    def cid(self) -> str:
        return str(self.hook.calls[-1]["info"]["cid"])

    def event(self, name: str = "message", *, cid: str | None = None, **payload: Any) -> dict[str, Any]:
        wanted = payload or ({"body": "Hello"} if name == "message" else {})
        return {"info": {"cid": cid or self.cid}, "packet": {"name": name, "payload": wanted}}

    async def post(self, document: Any, *, headers: Mapping[str, str] | None = None, url: str | None = None) -> Answer:
        """Post a document, or bytes as they are."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        sent = {"security-token": self.bot.token, "content-type": "application/json", **(headers or {})}
        async with self.http.post(url or self.server.api_url(self.bot.bot), data=body, headers=sent) as response:
            return Answer(response.status, response.headers, await response.read())


@asynccontextmanager
async def bot_in_charge(folder: Path, **settings: Any) -> AsyncIterator[BotApi]:
    """Run the server with a contact who has opened the panel, and the bot that greets her in charge."""
    async with (
        bot_server() as hook,
        running_server(folder) as server,
        aiohttp.ClientSession(headers={"connection": "close"}) as http,
    ):
        widget, bot = await server.shop(hook, **settings)
        async with visiting(server, widget) as contact:
            await contact.ask("open")
            await hook.called(1)
            yield BotApi(http=http, server=server, bot=bot, hook=hook, widget=widget, contact=contact)
