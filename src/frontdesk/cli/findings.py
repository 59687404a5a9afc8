"""What `frontdesk doctor` looks at on this machine: folder, disk, database, clock."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from frontdesk.core.people import Directory
from frontdesk.store.errors import CannotOpen
from frontdesk.store.migrations import load_migrations
from frontdesk.store.queries import load_queries
from frontdesk.store.sqlite.backup import verify
from frontdesk.store.sqlite.file import open_reader
from frontdesk.store.sqlite.folder import DATA_FILE
from frontdesk.store.sqlite.vault import read_directory

State = Literal["ok", "warning", "failure", "skipped"]

MIB = 1_048_576
#: Free space below which the server will soon refuse to save, and below which somebody should look.
TOO_LITTLE = 100 * MIB
LITTLE = 1024 * MIB
#: Seconds that stored times may be ahead of the clock.
AHEAD_S = 60
#: 2026-01-01: this program did not exist before.
EARLIEST_S = 1_767_225_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `fix` says what to do, where something is wrong."""

    about: str
    state: State
    detail: str
    fix: str = ""


def look_at_folder(folder: Path) -> Iterator[Finding]:
    """Look at who may read the data, and at the room for it."""
    if not folder.is_dir():
        fix = f"Start the server once, or make it: mkdir -m 700 {folder}"
        yield Finding(about="data folder", state="warning", detail=f"There is no folder {folder} yet.", fix=fix)
        return
    mode = folder.stat().st_mode & 0o777
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        fix = f"chown {os.geteuid()} {folder}, or run this as the server's user."
        yield Finding(about="data folder", state="failure", detail=f"{folder} cannot be written to.", fix=fix)
    elif mode & 0o077:
        fix = f"chmod 700 {folder}"
        yield Finding(about="data folder", state="warning", detail=f"Others may look into {folder}.", fix=fix)
    else:
        yield Finding(about="data folder", state="ok", detail=f"{folder} is ours alone.")
    free = shutil.disk_usage(folder).free
    state: State = "failure" if free < TOO_LITTLE else "warning" if free < LITTLE else "ok"
    fix = "" if state == "ok" else "Make room on the disk: a full one refuses messages."
    yield Finding(about="disk", state=state, detail=f"{free / MIB:,.0f} MiB are free.", fix=fix)


def look_at_clock() -> Iterator[Finding]:
    """Look whether the clock can be right at all."""
    if time.time() < EARLIEST_S:
        fix = "Set the clock, and let it be kept right (NTP): bots refuse signatures that are minutes off."
        yield Finding(about="clock", state="failure", detail=f"It says {time.strftime('%Y-%m-%d')}.", fix=fix)
    else:
        yield Finding(about="clock", state="ok", detail=f"It says {time.strftime('%Y-%m-%d %H:%M:%S %Z')}.")


def look_at_store(folder: Path) -> tuple[list[Finding], Directory | None]:
    """Look whether the database is whole, beside a running server or without one; return its configuration, too."""
    file = folder / DATA_FILE
    if not file.is_file() or not file.stat().st_size:
        return [Finding(about="store", state="skipped", detail="There is no database yet.")], None
    try:
        with closing(open_reader(file)) as db:
            verify(db, file)
            return [*_read(db)], read_directory(db, queries=load_queries())
    except (CannotOpen, sqlite3.Error, OSError) as wrong:
        fix = "Stop the server, and restore a backup: frontdesk restore FILE --replace"
        return [Finding(about="store", state="failure", detail=f"{wrong}.", fix=fix)], None


def _read(db: sqlite3.Connection) -> Iterator[Finding]:
    yield Finding(about="store", state="ok", detail="The database is whole.")
    version, known = db.execute(load_queries()["version"].sql).fetchone()[0], len(load_migrations())
    if version < known:
        fix = "Start the server: it brings the schema up to date."
        detail = f"The schema is {version}, this program's is {known}."
        yield Finding(about="schema", state="warning", detail=detail, fix=fix)
    else:
        yield Finding(about="schema", state="ok", detail=f"The schema is {version}.")
    newest = db.execute(load_queries()["newest_time"].sql).fetchone()[0]
    ahead_s = ((newest or 0) / 1000) - time.time()
    if ahead_s > AHEAD_S:
        fix = "Set the clock: it went back. Entries get their times from it."
        detail = f"What is stored is {ahead_s:,.0f} s ahead of the clock."
        yield Finding(about="clock", state="failure", detail=detail, fix=fix)
