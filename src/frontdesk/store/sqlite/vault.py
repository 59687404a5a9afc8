"""Commits batches of commands on the one connection that writes, on a thread of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from frontdesk.actions.ports import Command
from frontdesk.core.people import Directory
from frontdesk.failpoints import failpoint
from frontdesk.store import rows
from frontdesk.store.batch import Outcome, Outside, decide
from frontdesk.store.gather import Gathering, Load, Want, gather
from frontdesk.store.loading import RECORD_OF
from frontdesk.store.overlay import Overlay
from frontdesk.store.queries import Query, keyed
from frontdesk.store.recent import Recent
from frontdesk.store.save import statements
from frontdesk.store.sqlite.file import transaction

T = TypeVar("T")


class SqliteVault:
    """Loads, decides and saves in one transaction; decisions run on the writer's thread."""

    def __init__(self, db: sqlite3.Connection, *, queries: dict[str, Query], outside: Outside) -> None:
        self._db = db
        self._queries = queries
        self._outside = outside
        self._recent = Recent()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        #: The configuration as of the newest commit.
        self.directory = read_directory(db, queries=queries)

    async def commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        """Return what is now durable. Raises StoreUnavailable, RuleBroken, or what a command raised."""
        return await self._on_thread(lambda: self._commit(commands))

    async def write(self, work: Callable[[], T]) -> T:
        """Run `work` on the writer's thread, between two commits."""

        def written() -> T:
            try:
                return work()
            finally:
                self._recent.forget()

        return await self._on_thread(written)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """End the thread and close the connection."""
        await self.write(self._db.close)
        self._thread.shutdown()

    def _commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        with transaction(self._db):
            wanted = gather([one.footprint for one in commands], directory=self.directory)
            outcome = decide(commands, self._load(wanted), outside=self._outside)
            for name, values in statements(outcome.change):
                self._db.executemany(self._queries[name].sql, values)
            if outcome.change.entries:
                failpoint("msg.before_commit")
        self._recent.saved(outcome.change)
        if outcome.change.entries:
            failpoint("msg.after_commit")
        self.directory = outcome.directory
        return outcome

    def _load(self, wanted: Gathering) -> Overlay:
        try:
            want = next(wanted)
            while True:
                want = wanted.send(self._fetch(want))
        except StopIteration as done:
            overlay: Overlay = done.value
            return overlay

    def _fetch(self, want: Want) -> list[Any]:
        known, keys = self._recent.split(want.query, want.keys)
        return known + self._read(want.query, keys) if keys else known

    def _read(self, query: Load, keys: list[Any]) -> list[Any]:
        # Few different lengths make few different statements, which SQLite then needs not parse again.
        keys = keys + keys[-1:] * ((1 << (len(keys) - 1).bit_length()) - len(keys))
        width = len(keys[0]) if isinstance(keys[0], tuple) else 1
        sql = keyed(self._queries[query].sql, width=width, count=len(keys))
        values = [part for key in keys for part in key] if width > 1 else keys
        record_of = RECORD_OF[query]
        return [record_of(row) for row in self._db.execute(sql, values)]


def read_directory(db: sqlite3.Connection, *, queries: dict[str, Query]) -> Directory:
    """Return the stored configuration."""
    widgets = [rows.widget_of(row) for row in db.execute(queries["all_widgets"].sql)]
    groups = [rows.group_of(row) for row in db.execute(queries["all_groups"].sql)]
    bots = [rows.bot_of(row) for row in db.execute(queries["all_bots"].sql)]
    return Directory(
        widgets={one.id: one for one in widgets},
        groups={one.id: one for one in groups},
        bots={one.id: one for one in bots},
    )
