"""The store in a PostgreSQL database, for any number of processes."""

from __future__ import annotations

from frontdesk.store.postgres.backup import PostgresBackups as PostgresBackups
from frontdesk.store.postgres.store import PostgresStore as PostgresStore
