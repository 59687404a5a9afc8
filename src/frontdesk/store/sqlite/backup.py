"""Copies of the data file: made while a server writes to it, and put in its place."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.store.errors import CannotOpen, CannotRestore, ForeignFile, SchemaTooNew
from frontdesk.store.migrations import load_migrations
from frontdesk.store.queries import load_queries
from frontdesk.store.sqlite.file import APPLICATION_ID, open_reader
from frontdesk.store.sqlite.folder import DATA_FILE, Folder

#: Pages between two looks at how far it is (8 MiB).
STEP = 2_000
#: The folder inside the data folder in which a restored file is made ready.
STAGING = "restoring"

#: Told of the pages that are copied, and of all pages.
Progress = Callable[[int, int], None]


class _Stopped(Exception):
    """Nobody waits for the copy any more."""


class SqliteBackups:
    """Copies the data file of a folder, whether a server has it open or not."""

    def __init__(self, folder: Path) -> None:
        self._data_file = folder / DATA_FILE

    async def back_up(self, target: Path, *, progress: Progress) -> int:
        """Write the state of this moment to a new file; return its bytes. Raises StoreUnavailable."""
        loop, stop = asyncio.get_running_loop(), threading.Event()

        def tell(done: int, total: int) -> None:
            if stop.is_set():
                raise _Stopped
            loop.call_soon_threadsafe(progress, done, total)

        try:
            return await asyncio.to_thread(copy_file, self._data_file, target, progress=tell)
        finally:
            stop.set()


def copy_file(source_file: Path, target: Path, *, progress: Progress) -> int:
    """Copy a data file as it is at this moment; return the bytes. Raises StoreUnavailable; then there is no new file."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _copy(source_file, part, progress=progress)
        if target.exists():
            raise StoreUnavailable(f"there is a file {target} already")
        part.rename(target)
        _flush(target.parent)
    except (OSError, sqlite3.Error) as wrong:
        raise StoreUnavailable(f"{target} cannot be written: {wrong}") from wrong
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(source_file: Path, part: Path, *, progress: Progress) -> None:
    with closing(open_reader(source_file)) as source, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        # The open transaction holds on to one moment: a commit in between would make the copying start over.
        source.execute("BEGIN")
        source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=STEP, progress=lambda _, left, total: progress(total - left, total))
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
        verify(copy, part)
    _flush(part)


def verify(db: sqlite3.Connection, path: Path) -> None:
    """Look whether a database is whole, and one of ours. Raises CannotOpen."""
    try:
        found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        ours = db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        version: int = db.execute(load_queries()["version"].sql).fetchone()[0] if ours else 0
    except sqlite3.DatabaseError as wrong:
        raise ForeignFile(f"{path} is not a whole database: {wrong}") from wrong
    if not ours:
        raise ForeignFile(f"{path} is not a backup of ours")
    if found != "ok":
        raise CannotOpen(f"{path} is damaged: {found}")
    known = len(load_migrations())
    if version > known:
        raise SchemaTooNew(f"{path} has schema {version}, this program knows up to {known}; use a newer one")


class Restoring:
    """Puts a backup in the place of a folder's data, in two steps: `stage`, then `finish`.

    Holds the folder meanwhile. Raises FolderInUse where a server has it, and CannotRestore where there is data that
    may not be replaced.
    """

    def __init__(self, folder: Path, *, replace: bool) -> None:
        self._folder = Folder(folder)
        self._path = folder
        self.staging = folder / STAGING
        if self._folder.data_file.stat().st_size and not replace:
            self._folder.release()
            raise CannotRestore(f"{folder} holds data; --replace puts it aside and restores the backup")

    def stage(self, backup: Path, *, progress: Progress) -> None:
        """Copy the backup to `staging`, as a log that no browser has seen. Raises CannotOpen or StoreUnavailable."""
        with closing(_opened(backup)) as db:
            verify(db, backup)
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(mode=0o700)
        staged = self.staging / DATA_FILE
        copy_file(backup, staged, progress=progress)
        with closing(sqlite3.connect(staged)) as db:
            db.execute(load_queries()["renew_fact"].sql, ("epoch", secrets.token_hex(16)))
            db.commit()

    def finish(self, *, aside: str) -> Path | None:
        """Put the staged file in place; return where the file that was there lies now."""
        data_file, old = self._folder.data_file, None
        if data_file.stat().st_size:
            old = data_file.with_name(f"{DATA_FILE}.{aside}")
            for suffix in ("-wal", "-shm", ""):
                beside = data_file.with_name(DATA_FILE + suffix)
                if beside.exists():
                    beside.rename(old.with_name(old.name + suffix))
        (self.staging / DATA_FILE).rename(data_file)
        _flush(self._path)
        return old

    def close(self) -> None:
        """Clear up and let go of the folder."""
        shutil.rmtree(self.staging, ignore_errors=True)
        self._folder.release()


def _opened(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise CannotRestore(f"there is no file {path}")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
