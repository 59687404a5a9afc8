"""What every command does alike: read the settings, reach the office, print, and fail with a reason."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.app import Entropy, backups_of, open_store, wall_clock
from frontdesk.control.client import find_server
from frontdesk.control.office import Office, OwnOffice
from frontdesk.core.refusals import Refusal
from frontdesk.delivery.client import Client
from frontdesk.delivery.guard import Guard
from frontdesk.delivery.post import Poster
from frontdesk.listening import CannotListen
from frontdesk.settings import Settings, SettingsInvalid, read
from frontdesk.store.errors import CannotOpen
from frontdesk.trial import WebhookTrials

T = TypeVar("T")

#: Exit codes: 0 done, 1 refused or failed, 2 wrong usage (click's own), 3 cannot start or cannot reach the store.
REFUSED = 1
UNREACHABLE = 3
#: Characters of a line that goes into a file or a pipe.
PIPE_WIDTH = 400

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


class Refused(click.ClickException):
    """The command has no effect; the message says why."""

    exit_code = REFUSED


class Unreachable(click.ClickException):
    """The settings are wrong, or the store or the server cannot be reached."""

    exit_code = UNREACHABLE


@dataclass(frozen=True, slots=True)
class Flags:
    """Options before the command."""

    data: str | None = None


def settings_of(context: click.Context, **flags: str | None) -> Settings:
    """Return the settings of the environment and the flags. Raises Unreachable for a wrong one."""
    chosen = context.find_object(Flags) or Flags()
    try:
        return read(os.environ, flags={"data": chosen.data, **flags})
    except SettingsInvalid as wrong:
        raise Unreachable(str(wrong)) from None


def ask(context: click.Context, work: Callable[[Office], Awaitable[T]]) -> T:
    """Return what `work` makes of the office: the running server's, or that of the store opened here."""
    settings = settings_of(context)

    async def asked() -> T:
        async with office(settings) as opened:
            return await work(opened)

    return run(asked)


def run(work: Callable[[], Awaitable[T]], *, loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> T:
    """Run to the end, and say why where it fails."""

    async def whole() -> T:
        return await work()

    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(whole())
    except Refusal as refusal:
        raise Refused(f"{refusal.path}: {refusal.detail}" if refusal.path else refusal.detail) from None
    except (StoreUnavailable, CannotOpen, CannotListen) as wrong:
        raise Unreachable(str(wrong)) from None


@asynccontextmanager
async def office(settings: Settings) -> AsyncIterator[Office]:
    """Reach the running server, or open the store where none runs. Raises CannotOpen."""
    remote = await find_server(settings.control_path)
    if remote is not None:
        try:
            yield remote
        finally:
            await remote.close()
        return
    store = await open_store(settings)
    try:
        async with Client(Guard(allowed=settings.allowed_private)) as client:
            trials = WebhookTrials(Poster(client, now=wall_clock, fresh_id=Entropy().hex), now=wall_clock)
            backups = backups_of(settings)
            yield OwnOffice(ledger=store.ledger, reader=store.reader, trials=trials, backups=backups)
    finally:
        await store.close()


def console(*, err: bool = False) -> Console:
    """Return where to print; texts of others are never read as markup."""
    made = Console(stderr=err, markup=False, highlight=False)
    if not made.is_terminal:
        # A file or a pipe has no width; a table must not lose its last columns to one made up.
        made.width = PIPE_WIDTH
    return made


def print_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def plain(text: str) -> str:
    """Return somebody else's text without what would steer a terminal."""
    return _CONTROL.sub("�", text)


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given; a list that is empty was not."""
    return {name: value for name, value in values.items() if value is not None and value != ()}
