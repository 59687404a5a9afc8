"""The records of the memory store, with the rules that the schema gives the database stores."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from frontdesk.core.attempt import Attempt
from frontdesk.core.change import Change, Remembered
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, MessageId, Seq
from frontdesk.core.people import Contact, Directory
from frontdesk.core.session import Session
from frontdesk.store.errors import RuleBroken
from frontdesk.store.gather import Want
from frontdesk.store.overlay import Place


@dataclass(slots=True)
class Shelves:
    """All records, each kind by its id."""

    directory: Directory = field(default_factory=Directory)
    contacts: dict[ContactId, Contact] = field(default_factory=dict)
    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)
    sessions: dict[Cid, Session] = field(default_factory=dict)
    entries: dict[Place, Entry] = field(default_factory=dict)
    answers: dict[Place, Entry] = field(default_factory=dict)
    messages: dict[tuple[ContactId, MessageId], Entry] = field(default_factory=dict)
    remembered: dict[tuple[BotId, str], Remembered] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    #: The live conversation of each contact, and whose each token is.
    live: dict[ContactId, ConversationId] = field(default_factory=dict)
    tokens: dict[str, ContactId] = field(default_factory=dict)

    def fetch(self, want: Want) -> list[Any]:
        """Return the records that a gathering asks for."""
        if want.query == "after_cursors":
            sessions = (self.sessions[cid] for cid in want.keys)
            return [entry for one in sessions for entry in self.log(one.conversation_id, after=one.cursor)]
        records: dict[Any, Any] = getattr(self, want.query)
        return [records[key] for key in want.keys if key in records]

    def log(self, conversation_id: ConversationId, *, after: int, limit: int | None = None) -> tuple[Entry, ...]:
        """Return entries after one, oldest first."""
        last = self.conversations[conversation_id].last_seq
        until = last if limit is None else min(last, after + limit)
        return tuple(self.entries[conversation_id, Seq(seq)] for seq in range(after + 1, until + 1))

    def put(self, change: Change, *, directory: Directory) -> None:
        """Save the change, or raise RuleBroken and save nothing."""
        self._check_new(change)
        self._check_references(change, directory=directory)
        self.live, self.tokens = self._live_after(change), self._tokens_after(change)
        self.directory = directory
        self.contacts.update({one.id: one for one in change.contacts})
        self.conversations.update({one.id: one for one in change.conversations})
        self.sessions.update({one.cid: one for one in change.sessions})
        self.attempts.update({one.id: one for one in change.attempts})
        self.remembered.update({(one.bot_id, one.key): one for one in change.remembered})
        self.entries.update(_places(change))
        self.answers.update(_answers(change))
        self.messages.update(_messages(change))

    def remove(self, conversation: Conversation) -> None:
        """Remove a conversation with its entries and sessions; its contact then points at the newest one left."""
        gone = conversation.id
        shelves: tuple[dict[Any, Any], ...] = (self.entries, self.answers, self.messages, self.sessions)
        for records in shelves:
            for key in [key for key, one in records.items() if one.conversation_id == gone]:
                del records[key]
        del self.conversations[gone]
        if self.live.get(conversation.contact_id) == gone:
            del self.live[conversation.contact_id]
        contact = self.contacts[conversation.contact_id]
        left = [one for one in self.conversations.values() if one.contact_id == contact.id]
        if left:
            newest = max(left, key=lambda one: (one.created_at, one.id))
            self.contacts[contact.id] = replace(contact, conversation_id=newest.id)
        else:
            self.contacts[contact.id] = replace(contact, conversation_id=None)

    def has_conversation(self, contact_id: ContactId) -> bool:
        """Tell whether the contact has a conversation."""
        return any(one.contact_id == contact_id for one in self.conversations.values())

    def forget(self, contact_id: ContactId) -> None:
        """Remove a contact that has no conversation left."""
        contact = self.contacts.pop(contact_id)
        self.tokens = {token: whose for token, whose in self.tokens.items() if whose != contact.id}

    def _check_new(self, change: Change) -> None:
        _fresh("entry", _places(change), self.entries)
        _fresh("answer", _answers(change), self.answers)
        _fresh("message", _messages(change), self.messages)
        _fresh("attempt", [(one.id, one) for one in change.attempts], self.attempts)

    def _check_references(self, change: Change, *, directory: Directory) -> None:
        contacts = self.contacts.keys() | {one.id for one in change.contacts}
        conversations = self.conversations.keys() | {one.id for one in change.conversations}
        _known("widget", (one.widget_id for one in change.contacts), directory.widgets)
        _known("widget", (one.widget_id for one in change.conversations), directory.widgets)
        _known("contact", (one.contact_id for one in change.conversations), contacts)
        _known("conversation", (one.conversation_id for one in change.sessions), conversations)
        _known("conversation", (one.conversation_id for one in change.entries), conversations)
        _known("bot", (one.bot_id for one in change.sessions), directory.bots)
        _once("widget's key", [(one.key, one.id) for one in directory.widgets.values()])
        _once("bot's public id", [(one.public_id, one.id) for one in directory.bots.values()])

    def _live_after(self, change: Change) -> dict[ContactId, ConversationId]:
        """Return who has which live conversation once the change is saved."""
        live = dict(self.live)
        for one in sorted(change.conversations, key=lambda one: one.live):
            if one.live and live.setdefault(one.contact_id, one.id) != one.id:
                raise RuleBroken(f"{one.contact_id} has a live conversation already")
            if not one.live and live.get(one.contact_id) == one.id:
                del live[one.contact_id]
        return live

    def _tokens_after(self, change: Change) -> dict[str, ContactId]:
        """Return whose each newest token is once the change is saved."""
        tokens = dict(self.tokens)
        for one in change.contacts:
            before = self.contacts.get(one.id)
            if before is not None:
                tokens.pop(before.token_sha256, None)
            if tokens.setdefault(one.token_sha256, one.id) != one.id:
                raise RuleBroken("two contacts have one token")
        return tokens


def _places(change: Change) -> list[tuple[Place, Entry]]:
    return [((one.conversation_id, one.seq), one) for one in change.entries]


def _answers(change: Change) -> list[tuple[Place, Entry]]:
    return [((one.conversation_id, one.answers), one) for one in change.entries if one.answers is not None]


def _messages(change: Change) -> list[tuple[tuple[ContactId, MessageId], Entry]]:
    return [((one.contact_id, one.message_id), one) for one in change.entries if one.message_id is not None]


def _fresh(kind: str, new: Sequence[tuple[Any, object]], there: Collection[Any]) -> None:
    _once(kind, new)
    for key, _ in new:
        if key in there:
            raise RuleBroken(f"the {kind} {key} is there already")


def _once(kind: str, records: Sequence[tuple[Any, object]]) -> None:
    if len({key for key, _ in records}) != len(records):
        raise RuleBroken(f"the same {kind} twice")


def _known(kind: str, used: Iterable[Any], there: Collection[Any]) -> None:
    for key in used:
        if key not in there:
            raise RuleBroken(f"there is no {kind} {key}")
