"""Which record each query of queries/load.sql finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from frontdesk.store import rows
from frontdesk.store.gather import Load

RECORD_OF: Mapping[Load, Callable[[rows.Row], Any]] = {
    "sessions": rows.session_of,
    "conversations": rows.conversation_of,
    "contacts": rows.contact_of,
    "after_cursors": rows.entry_of,
    "entries": rows.entry_of,
    "answers": rows.entry_of,
    "messages": rows.entry_of,
    "remembered": rows.remembered_of,
}
