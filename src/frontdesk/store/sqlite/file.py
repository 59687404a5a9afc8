"""Opens the data file so that what is committed is on disk, and brings its schema up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.store.errors import CannotOpen, ForeignFile, RuleBroken, SchemaTooNew, UnsafeDurability
from frontdesk.store.migrations import load_migrations
from frontdesk.store.queries import Query

#: "FrDk": marks the file as ours.
APPLICATION_ID = 0x4672446B
#: How long a statement waits for a lock that a foreign program (a shell, a backup) holds.
BUSY_MS = 2_000
FULL = 2
#: The log is moved into the file after so many pages (16 MiB); pages that change in every commit are then moved once.
CHECKPOINT_PAGES = 4_000

Synchronous = Literal["OFF", "NORMAL", "FULL", "EXTRA"]


def open_writer(path: Path, *, synchronous: Synchronous) -> sqlite3.Connection:
    """Return the connection that writes. Raises CannotOpen for a file or a setting that would not keep a promise."""
    try:
        db = _connect(path)
    except sqlite3.Error as error:
        raise CannotOpen(f"{path} cannot be opened: {error}") from error
    try:
        _claim(db, path)
        db.execute(f"PRAGMA synchronous = {synchronous}")
        db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        _check_durability(db)
    except sqlite3.DatabaseError as error:
        db.close()
        raise ForeignFile(f"{path} is not a database of ours: {error}") from error
    except CannotOpen:
        db.close()
        raise
    return db


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that only reads."""
    db = _connect(path)
    db.execute("PRAGMA query_only = ON")
    return db


def _connect(path: Path) -> sqlite3.Connection:
    # Each connection is used by one thread at a time, though not always by the one that opened it.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _claim(db: sqlite3.Connection, path: Path) -> None:
    found = _pragma(db, "application_id")
    tables = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
    if found != APPLICATION_ID and tables:
        raise ForeignFile(f"{path} is a database of another program")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _check_durability(db: sqlite3.Connection) -> None:
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise UnsafeDurability(f"the file system of the data folder allows journal mode {mode} only, not WAL")
    if _pragma(db, "synchronous") < FULL:
        raise UnsafeDurability("SQLite's `synchronous` is below FULL: a power cut would lose what we said is saved")


def _pragma(db: sqlite3.Connection, name: str) -> int:
    value: int = db.execute(f"PRAGMA {name}").fetchone()[0]
    return value


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit what the block does, or nothing of it. Raises StoreUnavailable, or RuleBroken for a broken constraint."""
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except sqlite3.IntegrityError as error:
        raise RuleBroken(str(error)) from error
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the database does not save: {error}") from error
    finally:
        if db.in_transaction:
            db.rollback()


def migrate(db: sqlite3.Connection, *, queries: dict[str, Query]) -> None:
    """Run the steps that this file has not seen, each in its own transaction. Raises SchemaTooNew."""
    with transaction(db):
        db.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL)")
    steps = load_migrations()
    version: int = db.execute(queries["version"].sql).fetchone()[0]
    if version > len(steps):
        raise SchemaTooNew(f"the data has schema {version}, this program knows up to {len(steps)}; use a newer one")
    for step in steps[version:]:
        with transaction(db):
            for statement in step.statements:
                db.execute(statement)
            db.execute(queries["migrated"].sql, (step.version, step.name))
