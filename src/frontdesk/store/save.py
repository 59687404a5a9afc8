"""Which statements save a change, and with which rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from frontdesk.core.change import Change
from frontdesk.store import rows
from frontdesk.store.rows import Row


def statements(change: Change) -> Iterator[tuple[str, list[Row]]]:
    """Yield the name of each query of queries/save.sql that is needed, with its rows, referred-to records first.

    Conversations that ended go before those that begin, since a contact has one live conversation at any time.
    """
    ended_first = sorted(change.conversations, key=lambda one: one.live)
    plan: tuple[tuple[str, Callable[[Any], Row], Sequence[Any]], ...] = (
        ("save_widget", rows.widget_row, change.widgets),
        ("save_group", rows.group_row, change.groups),
        ("save_bot", rows.bot_row, change.bots),
        ("save_contact", rows.contact_row, change.contacts),
        ("save_conversation", rows.conversation_row, ended_first),
        ("save_session", rows.session_row, change.sessions),
        ("append_entry", rows.entry_row, change.entries),
        ("log_attempt", rows.attempt_row, change.attempts),
        ("remember", rows.remembered_row, change.remembered),
    )
    for name, to_row, records in plan:
        if records:
            yield name, [to_row(one) for one in records]
