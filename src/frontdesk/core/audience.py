"""Who may see an entry."""

from __future__ import annotations

from frontdesk.core.entries import BotFailed, ContactUpdated, Entry, Note


def for_contact(entry: Entry) -> bool:
    """Tell whether the contact may see the entry; the rest is for operators."""
    return not isinstance(entry.content, Note | BotFailed | ContactUpdated)
