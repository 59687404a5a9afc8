"""A server as `frontdesk serve` in a process of its own, set up with the shell's commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.programs import Program, frontdesk
from tests.acceptance.scene import KEY, parrot
from tests.acceptance.website import Website, website
from tests.kit.hostile_bot import closed_port
from tests.kit.server import BotServer, Handler, bot_server


@dataclass
class Desk:
    """The server, its bot, and a website with its widget."""

    program: Program
    bot: BotServer
    site: Website
    url: str = ""

    async def is_killed(self) -> None:
        await self.program.is_killed()

    async def is_back(self) -> None:
        self.url = await self.program.starts(r"listens at (\S+)")

    def said(self) -> list[str]:
        return [call["packet"]["payload"]["body"] for call in self.bot.calls if call["packet"]["name"] == "message"]


@asynccontextmanager
async def open_desk(data: Path, answer: Handler = parrot, **environ: str) -> AsyncIterator[Desk]:
    """Set it up and run it; `environ` goes to the server."""
    async with bot_server(answer) as bot, website() as site:
        group = ("--group", "Support")
        await frontdesk(data, "group", "add", "Support")
        await frontdesk(data, "widget", "add", "Shop", "--key", KEY, *group, "--domain", f"127.0.0.1:{site.port}")
        await frontdesk(data, "bot", "add", "Robo", "--webhook-url", bot.url, *group)
        program = Program(
            words=("--data", str(data), "serve", "--port", str(closed_port())),
            environ={"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", **environ},
        )
        desk = Desk(program=program, bot=bot, site=site)
        try:
            await desk.is_back()
            site.add("/", head=f'<script async src="{desk.url}/loader.js" data-widget="{KEY}"></script>')
            yield desk
        finally:
            await program.stops()
