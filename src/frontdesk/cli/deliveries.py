"""`frontdesk deliveries`: the log of calls to and from bots."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import click
import msgspec
from rich.table import Table

from frontdesk.cli.find import bot_named
from frontdesk.cli.shell import Refused, ask, console, json_option, plain, print_json
from frontdesk.control.office import Office
from frontdesk.core.attempt import Attempt
from frontdesk.core.ids import BotId, Cid
from frontdesk.core.people import Directory

#: Seconds between two looks.
FOLLOW_S = 0.5
#: How many newest records one look may find.
PAGE = 200
#: How many records are searched for one.
SEARCHED = 10_000


@click.command()
@click.argument("record", metavar="[ID]", required=False)
@click.option("--bot", "bot_name", help="Only of this bot: number or name.")
@click.option("--cid", help="Only of this session.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, PAGE), help="How many, newest last.")
@click.option("--follow", is_flag=True, help="Go on printing what comes, until Ctrl-C.")
@json_option
@click.pass_context
def deliveries(
    context: click.Context,
    record: str | None,
    *,
    bot_name: str | None,
    cid: str | None,
    limit: int,
    follow: bool,
    as_json: bool,
) -> None:
    """Show the log of webhook calls and API calls, or with ID (its first digits) one record whole."""

    async def shown(office: Office) -> None:
        directory = await office.directory()
        bot_id = bot_named(directory, bot_name).id if bot_name else None
        if record is not None:
            _print_whole(await _found(office, record), directory, as_json=as_json)
            return
        log = _Log(office, directory, bot_id=bot_id, cid=Cid(cid) if cid else None, as_json=as_json)
        await log.print_newest(limit)
        while follow:
            await asyncio.sleep(FOLLOW_S)
            await log.print_new()

    try:
        ask(context, shown)
    except KeyboardInterrupt:
        context.exit(0)


class _Log:
    """The part of the log that a command looks at."""

    def __init__(
        self, office: Office, directory: Directory, *, bot_id: BotId | None, cid: Cid | None, as_json: bool
    ) -> None:
        self._office = office
        self._directory = directory
        self._bot_id = bot_id
        self._cid = cid
        self._as_json = as_json
        self._seen: set[str] = set()

    async def print_newest(self, limit: int) -> None:
        found = await self._office.attempts(bot_id=self._bot_id, cid=self._cid, limit=limit)
        if not found and not self._as_json:
            console().print("No calls yet.")
        self._print(reversed(found), header=True)

    async def print_new(self) -> None:
        found = await self._office.attempts(bot_id=self._bot_id, cid=self._cid, limit=PAGE)
        self._print(reversed([one for one in found if one.id not in self._seen]), header=False)
        self._seen = {one.id for one in found}

    def _print(self, records: Iterable[Attempt], *, header: bool) -> None:
        listed = list(records)
        self._seen.update(one.id for one in listed)
        if self._as_json:
            for one in listed:
                click.echo(msgspec.json.encode(one).decode())
        elif listed:
            console().print(_table(listed, self._directory, header=header))


def _table(records: list[Attempt], directory: Directory, *, header: bool) -> Table:
    table = Table(box=None, show_header=header)
    for name, width in (("time", 8), ("id", 8), ("bot", 14), ("event", 14), ("try", 3), ("outcome", 15)):
        table.add_column(name, width=width, no_wrap=True)
    table.add_column("ms", width=6, justify="right")
    table.add_column("reason")
    for one in records:
        where = f"{one.path}: " if one.path else ""
        table.add_row(
            _time(one).strftime("%H:%M:%S"),
            one.id[:8],
            _bot(one, directory),
            f"{'' if one.door == 'webhook' else '← '}{one.packet}",
            str(one.number or ""),
            one.outcome,
            f"{one.timings.total:.0f}",
            plain(where + one.reason),
        )
    return table


async def _found(office: Office, text: str) -> Attempt:
    searched, before = 0, None
    while searched < SEARCHED:
        page = await office.attempts(before=before, limit=PAGE)
        for one in page:
            if one.id.startswith(text):
                return one
        if len(page) < PAGE:
            break
        searched += len(page)
        before = page[-1].started_at
    raise Refused(f"There is no record {text!r} among the newest {SEARCHED:,}.")


def _print_whole(one: Attempt, directory: Directory, *, as_json: bool) -> None:
    if as_json:
        print_json(one)
        return
    facts = {
        "id": one.id,
        "time": _time(one).isoformat(),
        "bot": f"{one.bot_id} ({_bot(one, directory)})",
        "cid": one.cid,
        "conversation": one.conversation_id,
        "event": f"{one.packet} {one.event_id or ''}",
        "attempt": one.number or "",
        "outcome": one.outcome,
        "status": one.status or "",
        "reason": one.reason,
        "path": one.path or "",
        "ignored": ", ".join(one.ignored),
        "ms": ", ".join(
            f"{name} {value}" for name, value in msgspec.to_builtins(one.timings).items() if value is not None
        ),
    }
    for name, fact in facts.items():
        if fact != "":
            click.echo(f"{name:>13}  {plain(str(fact))}")
    _print_document("request", one.request_headers, one.request_excerpt)
    _print_document("answer", one.response_headers, one.response_excerpt)


def _print_document(title: str, headers: tuple[tuple[str, str], ...], body: str) -> None:
    click.echo(f"\n--- {title}")
    for name, value in headers:
        click.echo(plain(f"{name}: {value}"))
    if body:
        click.echo("\n" + plain(body))


def _time(one: Attempt) -> datetime:
    return datetime.fromtimestamp(one.started_at / 1000, tz=UTC).astimezone()


def _bot(one: Attempt, directory: Directory) -> str:
    found = directory.bots.get(one.bot_id)
    return plain(found.name) if found else str(one.bot_id)
