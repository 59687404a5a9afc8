"""`frontdesk backup` and `frontdesk restore`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import Progress as Bar

from frontdesk.actions.close_stale import CloseStale
from frontdesk.app import open_store
from frontdesk.cli.shell import Refused, ask, console, run, settings_of
from frontdesk.control.office import Progress
from frontdesk.core.ids import Instant
from frontdesk.settings import Settings
from frontdesk.store.errors import CannotRestore
from frontdesk.store.sqlite.backup import Restoring

#: After any time there is.
_EVER = Instant(2**53)
_PAGE = 1_000


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(context: click.Context, /, file: Path) -> None:
    """Write everything in the store, as it is at this moment, to the new FILE; the server goes on meanwhile.

    Pictures of cards are not in it: they are fetched again. FILE holds secrets; only you can read it.
    """
    target = file.absolute()
    if target.exists():
        raise Refused(f"There is a file {file} already.")
    with _bar("copying") as progress:
        size = ask(context, lambda office: office.back_up(target, progress=progress))
    console().print(f"Wrote {file}: {size / 1_048_576:,.1f} MiB, checked.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", "replaces", is_flag=True, help="Put data that is there aside.")
@click.pass_context
def restore(context: click.Context, /, file: Path, *, replaces: bool) -> None:
    """Make the backup FILE the data of the data folder; no server may run on it.

    Nothing is sent to bots again: deliveries whose deadline has passed are closed, and their conversations wait for a
    human. Browsers draw their conversations anew.
    """
    settings = settings_of(context)
    if settings.database_url is not None:
        raise Refused("PostgreSQL has tools for this: pg_restore. Stop all servers before.")

    async def restored() -> tuple[int, Path | None]:
        try:
            return await _restore(file, settings, replaces=replaces)
        except CannotRestore as wrong:
            raise Refused(f"{wrong}.") from None

    closed, old = run(restored)
    console().print(f"Restored {file} to {settings.data}; {closed} deliveries of the past are closed.")
    if old is not None:
        console().print(f"The data that was there is {old}.")


async def _restore(file: Path, settings: Settings, *, replaces: bool) -> tuple[int, Path | None]:
    """Return how many deliveries were closed, and where the old data is."""
    restoring = Restoring(settings.data, replace=replaces)
    try:
        with _bar("restoring") as progress:
            await asyncio.to_thread(restoring.stage, file, progress=progress)
        closed = await _close_stale(replace(settings, data=restoring.staging))
        return closed, restoring.finish(aside=f"before-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    finally:
        restoring.close()


async def _close_stale(settings: Settings) -> int:
    store = await open_store(settings)
    try:
        seen, closed = 0, 0
        while len(lanes := await store.reader.due_lanes(_EVER, limit=seen + _PAGE)) > seen:
            done = await asyncio.gather(*(store.ledger.run(CloseStale(cid=cid)) for cid in lanes))
            closed += sum(done)
            # What is left has time still; it stays in the list.
            seen = len(done) - sum(done)
            if sum(done) == 0:
                break
        return closed
    finally:
        await store.close()


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    out = console(err=True)
    with Bar(console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
