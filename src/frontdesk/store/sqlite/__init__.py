"""The store in one SQLite file, for one process."""

from __future__ import annotations

from frontdesk.store.sqlite.backup import SqliteBackups as SqliteBackups
from frontdesk.store.sqlite.store import SqliteStore as SqliteStore
