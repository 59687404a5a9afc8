"""One talk over a widget's socket: what is shown, and what a typed line means."""

from __future__ import annotations

import asyncio
import uuid
from typing import assert_never

import click
import msgspec
from rich.text import Text
from websockets.asyncio.client import ClientConnection

from frontdesk.cli.shell import console, plain
from frontdesk.protocol import widget as frames

_NOTICES = {
    "patience": "still working on it …",
    "failed": "something went wrong; a human will look at it",
    "waiting": "nobody is free right now",
    "email_left": "the address is noted",
}

_decoder = msgspec.json.Decoder(frames.PlatformFrame)


class Talk:
    """A contact's side of a conversation."""

    def __init__(self, socket: ClientConnection, *, page: str, as_json: bool) -> None:
        self._socket = socket
        self._page = page
        self._as_json = as_json
        self._conversation: str | None = None
        #: The newest entry with options that nobody clicked: its number, and how many options it has.
        self._offer: tuple[int, int] | None = None
        self._heard = asyncio.Event()
        #: Whether the other side has said nothing yet since the last line.
        self._waiting = True

    async def open(self) -> None:
        """Say hello, and open the panel."""
        await self._send(frames.Hello(page=frames.PageView(url=self._page, title="Terminal")))
        await self._send(frames.Open(message_id=str(uuid.uuid4())))

    async def write(self, line: str) -> None:
        """Send a line, or click the option that it names."""
        if not line:
            return
        self._waiting = True
        message_id = str(uuid.uuid4())
        if (
            self._offer
            and self._conversation
            and line.isascii()
            and line.isdigit()
            and 1 <= int(line) <= self._offer[1]
        ):
            seq, _ = self._offer
            click_of = frames.ClickOption(
                message_id=message_id, conversation=self._conversation, seq=seq, option=int(line)
            )
            await self._send(click_of)
        else:
            await self._send(frames.Say(message_id=message_id, body=line))

    async def listen(self) -> None:
        """Show what comes until the connection ends."""
        async for text in self._socket:
            self._heard.set()
            if self._as_json:
                click.echo(text)
            self._take(_decoder.decode(text))

    async def settled(self, *, quiet_s: float, within_s: float) -> None:
        """Wait until the other side has answered and then said nothing for a while, `within_s` at most."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while loop.time() < until:
            self._heard.clear()
            try:
                async with asyncio.timeout(min(quiet_s, max(0.01, until - loop.time()))):
                    await self._heard.wait()
            except TimeoutError:
                if not self._waiting:
                    return

    async def _send(self, frame: frames.ContactFrame) -> None:
        await self._socket.send(msgspec.json.encode(frame).decode())

    def _take(self, frame: frames.PlatformFrame) -> None:
        match frame:
            case frames.Welcome(conversation=conversation, entries=entries):
                self._conversation = conversation.id if conversation else None
                self._take_entries(entries)
            case frames.Entries(conversation=conversation_id, entries=entries):
                self._conversation = conversation_id
                self._take_entries(entries)
            case frames.Refused(detail=detail):
                self._waiting = False
                self._show("✗", detail)
            case frames.Typing(seconds=seconds):
                self._waiting = seconds > 0
                if seconds > 0:
                    self._show("…", "is typing")
            case frames.Ack() | frames.History() | frames.Pong():
                pass
            case _ as unknown:
                assert_never(unknown)

    def _take_entries(self, entries: list[frames.WidgetEntry]) -> None:
        for entry in entries:
            if entry.author.kind != "contact":
                self._waiting = self._waiting and isinstance(entry, frames.HiddenEntry | frames.JoinedEntry)
            self._take_entry(entry)

    def _take_entry(self, entry: frames.WidgetEntry) -> None:
        who = "you" if entry.author.kind == "contact" else entry.author.name or "·"
        match entry:
            case frames.MessageEntry(body=body):
                self._show(who, body)
            case frames.BubblesEntry(body=body, options=options):
                self._offer = (entry.seq, len(options))
                self._show(who, body, options=options)
            case frames.CarouselEntry(body=body, options=cards):
                self._offer = (entry.seq, len(cards))
                lines = [f"{one.headline} · {one.subheadline}" if one.subheadline else one.headline for one in cards]
                self._show(who, body, options=lines)
            case frames.ClickEntry(headline=headline):
                self._offer = None
                self._show(who, f"▸ {headline}")
            case frames.NavigateEntry(url=url, fallback=fallback):
                self._show(who, (fallback or "{{link}}").replace("{{link}}", url))
            case _:
                self._take_line(entry)

    def _take_line(self, entry: frames.WidgetEntry) -> None:
        match entry:
            case frames.JoinedEntry(author=author):
                self._show("·", f"{author.name or 'Somebody'} joined")
            case frames.QueuedEntry():
                self._offer = None
                self._show("·", "waiting for somebody who can help")
            case frames.NoticeEntry(code=code, text=text):
                self._show("·", text or _NOTICES[code])
            case frames.EndedEntry():
                self._offer = None
                self._show("·", "the conversation is over")
            case _:
                pass

    def _show(self, who: str, text: str, *, options: list[str] | None = None) -> None:
        if self._as_json:
            return
        out = console()
        line = Text(f"{plain(who)} ", style="bold" if who not in {"·", "…"} else "dim")
        out.print(line + Text(plain(text)))
        for number, option in enumerate(options or [], start=1):
            out.print(Text(f"  {number}  ", style="bold") + Text(plain(option)))
