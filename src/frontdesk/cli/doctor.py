"""`frontdesk doctor`: what is wrong here, and what to do about it."""

from __future__ import annotations

from contextlib import AsyncExitStack

import click
from rich.table import Table

from frontdesk.cli.findings import Finding, look_at_clock, look_at_folder, look_at_store
from frontdesk.cli.reaching import look_at_bots, look_at_database, look_at_server
from frontdesk.cli.shell import Unreachable, console, json_option, office, plain, print_json, run, settings_of
from frontdesk.delivery.guard import Guard
from frontdesk.settings import Settings

MARKS = {"ok": "ok", "warning": "warn", "failure": "FAIL", "skipped": "-"}


@click.command()
@click.option("--call", "calls", is_flag=True, help="Also call each bot with a sample; nothing is stored.")
@json_option
@click.pass_context
def doctor(context: click.Context, /, *, calls: bool, as_json: bool) -> None:
    """Look at settings, data folder, disk, database, clock, server and bots; exit code 1 where something is wrong.

    Nothing is changed, and bots get no event, only a connection, unless --call is given.
    """
    try:
        settings = settings_of(context)
    except Unreachable as wrong:
        fix = "Correct the environment, and run this again."
        found = [Finding(about="settings", state="failure", detail=wrong.message, fix=fix)]
    else:
        found = run(lambda: _looked(settings, calls=calls))
    if as_json:
        print_json(found)
    else:
        _print(found)
    if any(one.state == "failure" for one in found):
        context.exit(1)


async def _looked(settings: Settings, *, calls: bool) -> list[Finding]:
    found = [Finding(about="settings", state="ok", detail="Every setting can be used.")]
    found += [*look_at_folder(settings.data), *look_at_clock()]
    if settings.database_url is None:
        about_store, directory = look_at_store(settings.data)
    else:
        about_store, directory = await look_at_database(settings)
    found += about_store
    found += [one async for one in look_at_server(settings)]
    if directory is None:
        return found
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(office(settings)) if calls else None
        guard = Guard(allowed=settings.allowed_private)
        found += [one async for one in look_at_bots(directory, guard=guard, desk=opened)]
    return found


def _print(found: list[Finding]) -> None:
    table = Table(box=None, show_header=False)
    for one in found:
        table.add_row(MARKS[one.state], one.about, plain(one.detail))
        if one.fix:
            table.add_row("", "", f"→ {plain(one.fix)}")
    console().print(table)
