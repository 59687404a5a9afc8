"""Which records a batch needs: from its footprints on to all that hangs together with them."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from frontdesk.actions.ports import Footprint
from frontdesk.core.charge import WithBot
from frontdesk.core.ids import Cid, ContactId, ConversationId
from frontdesk.core.people import Directory
from frontdesk.store.overlay import Overlay

Load = Literal["sessions", "conversations", "contacts", "after_cursors", "entries", "answers", "messages", "remembered"]


@dataclass(frozen=True, slots=True)
class Want:
    """A query of queries/load.sql and its keys, in their fixed order."""

    query: Load
    keys: list[Any]


#: Asks a store for records, one query at a time, and is sent what the store found.
Gathering: TypeAlias = Generator[Want, list[Any], Overlay]
_Step: TypeAlias = Generator[Want, list[Any], None]


def gather(footprints: Iterable[Footprint], *, directory: Directory) -> Gathering:
    """Ask for the records of the footprints and return them as an overlay.

    It knows no database: each store runs it with its own way to fetch, so all load the same.
    """
    overlay = Overlay(directory)
    parts = list(footprints)
    yield from _sessions(overlay, _union(one.sessions for one in parts))
    owners = {one.conversation_id for one in overlay.sessions.values() if one}
    yield from _conversations(overlay, _union(one.conversations for one in parts) | owners)
    people = {one.contact_id for one in overlay.conversations.values() if one}
    yield from _contacts(overlay, _union(one.contacts for one in parts) | people)
    newest = {one.conversation_id for one in overlay.contacts.values() if one and one.conversation_id}
    yield from _conversations(overlay, newest)
    charges = [one.charge for one in overlay.conversations.values() if one]
    yield from _sessions(overlay, {one.cid for one in charges if isinstance(one, WithBot)})
    yield from _lanes(overlay)
    yield from _details(overlay, parts)
    return overlay


def _union(parts: Iterable[frozenset[Any]]) -> set[Any]:
    return set().union(*parts)


def _sessions(overlay: Overlay, wanted: Collection[Cid]) -> _Step:
    if missing := sorted(set(wanted) - overlay.sessions.keys()):
        overlay.sessions.update(dict.fromkeys(missing))
        for one in (yield Want("sessions", missing)):
            overlay.sessions[one.cid] = one


def _conversations(overlay: Overlay, wanted: Collection[ConversationId]) -> _Step:
    if missing := sorted(set(wanted) - overlay.conversations.keys()):
        overlay.conversations.update(dict.fromkeys(missing))
        for one in (yield Want("conversations", missing)):
            overlay.conversations[one.id] = one


def _contacts(overlay: Overlay, wanted: Collection[ContactId]) -> _Step:
    if missing := sorted(set(wanted) - overlay.contacts.keys()):
        overlay.contacts.update(dict.fromkeys(missing))
        for one in (yield Want("contacts", missing)):
            overlay.contacts[one.id] = one


def _lanes(overlay: Overlay) -> _Step:
    """Load what the lanes have not passed; a lane that stands at the end of its log needs no query."""
    behind = sorted(cid for cid in overlay.sessions if _is_behind(overlay, cid))
    if behind:
        for one in (yield Want("after_cursors", behind)):
            overlay.entries[one.conversation_id, one.seq] = one


def _is_behind(overlay: Overlay, cid: Cid) -> bool:
    session = overlay.sessions[cid]
    conversation = overlay.conversations.get(session.conversation_id) if session else None
    return session is not None and conversation is not None and session.cursor < conversation.last_seq


def _details(overlay: Overlay, parts: list[Footprint]) -> _Step:
    if places := sorted(_union(one.entries for one in parts)):
        for one in (yield Want("entries", places)):
            overlay.entries[one.conversation_id, one.seq] = one
        for one in (yield Want("answers", places)):
            overlay.answers[one.conversation_id, one.answers] = one
    if messages := sorted(_union(one.messages for one in parts)):
        for one in (yield Want("messages", messages)):
            overlay.messages[one.contact_id, one.message_id] = one
    if keys := sorted(_union(one.remembered for one in parts)):
        for one in (yield Want("remembered", keys)):
            overlay.remembered[one.bot_id, one.key] = one
