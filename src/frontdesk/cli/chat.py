"""`frontdesk chat`: a contact in the terminal."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode, urlsplit

import click
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from frontdesk.cli.find import widget_named
from frontdesk.cli.shell import Refused, Unreachable, ask, json_option, run, settings_of
from frontdesk.cli.talk import Talk
from frontdesk.core.people import Directory

#: How long a talk that is piped in waits for the answer to one line, and how long silence counts as one, in seconds.
ANSWER_S = 25.0
QUIET_S = 1.0
QUIT = "/quit"


@click.command()
@click.option("--widget", "key", help="The widget to open: key, number or name; left out: the first one.")
@click.option("--url", help="The platform's address, instead of the one of the settings.")
@click.option(
    "--quiet",
    default=QUIET_S,
    show_default=True,
    help="Input that is piped in: seconds of silence before the next line.",
)
@json_option
@click.pass_context
def chat(context: click.Context, key: str | None, url: str | None, *, quiet: float, as_json: bool) -> None:
    """Talk to a bot as a contact would, over the widget's own socket.

    What you type is sent. A number that is offered is clicked; /quit leaves. Lines may be piped in: each waits for the
    answer to the one before it. With --json every frame is printed as it comes.
    """
    base = (url or settings_of(context).url).rstrip("/")
    widget = key if key and url else _widget_key(context, key)

    async def talked() -> None:
        async with _connection(base, widget) as socket:
            talk = Talk(socket, page=f"{base}/", as_json=as_json)
            await talk.open()
            if sys.stdin.isatty():
                await _typed(talk)
            else:
                await _piped(talk, quiet_s=quiet)

    run(talked)


def _widget_key(context: click.Context, key: str | None) -> str:
    def first(directory: Directory) -> str:
        if key is not None:
            return widget_named(directory, key).key
        if not directory.widgets:
            raise Refused("There is no widget yet: frontdesk widget add NAME")
        return directory.widgets[min(directory.widgets)].key

    return first(ask(context, lambda office: office.directory()))


@asynccontextmanager
async def _connection(base: str, widget: str) -> AsyncIterator[ClientConnection]:
    parts = urlsplit(base)
    scheme = "wss" if parts.scheme == "https" else "ws"
    address = f"{scheme}://{parts.netloc}/widget/socket?{urlencode({'key': widget})}"
    try:
        async with connect(address, additional_headers={"Origin": base}, compression=None) as socket:
            yield socket
    except InvalidStatus as wrong:
        detail = (wrong.response.body or b"").decode("utf-8", "replace")
        raise Refused(detail or f"The server answered with status {wrong.response.status_code}.") from None
    except ConnectionClosed as closed:
        raise Unreachable(f"The server closed the connection: {closed}.") from None
    except OSError as wrong:
        raise Unreachable(f"No server at {base}: {wrong.strerror or wrong}. Start one: frontdesk serve") from None


async def _typed(talk: Talk) -> None:
    listening = asyncio.create_task(talk.listen())
    lines = _lines()
    typing = asyncio.create_task(_send_lines(talk, lines))
    try:
        await asyncio.wait({listening, typing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (listening, typing):
            task.cancel()
        for result in await asyncio.gather(listening, typing, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


async def _send_lines(talk: Talk, lines: asyncio.Queue[str | None]) -> None:
    while (line := await lines.get()) is not None and line != QUIT:
        await talk.write(line)


async def _piped(talk: Talk, *, quiet_s: float) -> None:
    lines = _lines()
    listening = asyncio.create_task(talk.listen())
    try:
        await talk.settled(quiet_s=quiet_s, within_s=ANSWER_S)
        while (line := await lines.get()) is not None and line != QUIT:
            if not line:
                continue
            await talk.write(line)
            await talk.settled(quiet_s=quiet_s, within_s=ANSWER_S)
            if listening.done():
                return
    finally:
        listening.cancel()
        for result in await asyncio.gather(listening, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


def _lines() -> asyncio.Queue[str | None]:
    """Return what is typed, line by line; None at the end."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def hand_over(line: str | None) -> None:
        # The loop may have ended while this thread still waited for the keyboard.
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        for line in sys.stdin:
            hand_over(line.strip())
        hand_over(None)

    threading.Thread(target=read, daemon=True, name="keyboard").start()
    return lines
