"""The records that a batch of commands works on, each command seeing what those before it did."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from frontdesk.actions.ports import Footprint
from frontdesk.core.attempt import Attempt
from frontdesk.core.change import Change, Remembered
from frontdesk.core.charge import WithBot
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, GroupId, MessageId, Seq, WidgetId
from frontdesk.core.people import Bot, Contact, Directory, Group, Widget
from frontdesk.core.session import Session
from frontdesk.store.errors import OutsideFootprint, RuleBroken

K = TypeVar("K")
V = TypeVar("V")

Place = tuple[ConversationId, Seq]


@dataclass(slots=True)
class Changed:
    """What a batch changed so far: the last state of each record, and all that is new, in order."""

    contacts: dict[ContactId, Contact] = field(default_factory=dict)
    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)
    sessions: dict[Cid, Session] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    remembered: dict[tuple[BotId, str], Remembered] = field(default_factory=dict)
    widgets: dict[WidgetId, Widget] = field(default_factory=dict)
    groups: dict[GroupId, Group] = field(default_factory=dict)
    bots: dict[BotId, Bot] = field(default_factory=dict)

    def as_change(self) -> Change:
        """Return it as one change."""
        return Change(
            contacts=tuple(self.contacts.values()),
            conversations=tuple(self.conversations.values()),
            sessions=tuple(self.sessions.values()),
            entries=tuple(self.entries),
            attempts=tuple(self.attempts),
            remembered=tuple(self.remembered.values()),
            widgets=tuple(self.widgets.values()),
            groups=tuple(self.groups.values()),
            bots=tuple(self.bots.values()),
        )


@dataclass(slots=True)
class Overlay:
    """Loaded records by id (None: there is none), with the changes of the batch laid over them."""

    directory: Directory
    contacts: dict[ContactId, Contact | None] = field(default_factory=dict)
    conversations: dict[ConversationId, Conversation | None] = field(default_factory=dict)
    sessions: dict[Cid, Session | None] = field(default_factory=dict)
    entries: dict[Place, Entry] = field(default_factory=dict)
    answers: dict[Place, Entry] = field(default_factory=dict)
    messages: dict[tuple[ContactId, MessageId], Entry] = field(default_factory=dict)
    remembered: dict[tuple[BotId, str], Remembered] = field(default_factory=dict)
    changed: Changed = field(default_factory=Changed)

    def apply(self, change: Change) -> None:
        """Lay a change over the records. Raises RuleBroken for entries that leave a gap; nothing is applied then."""
        if change.entries:
            self._check_numbers(change)
        for contact in change.contacts:
            # A decision hands back all it has looked at; what it left as it was need not be saved.
            if contact is not self.contacts.get(contact.id):
                self.contacts[contact.id] = self.changed.contacts[contact.id] = contact
        for conversation in change.conversations:
            self.conversations[conversation.id] = self.changed.conversations[conversation.id] = conversation
        for session in change.sessions:
            self.sessions[session.cid] = self.changed.sessions[session.cid] = session
        for entry in change.entries:
            self._append(entry)
        for one in change.remembered:
            self.remembered[one.bot_id, one.key] = self.changed.remembered[one.bot_id, one.key] = one
        self.changed.attempts += change.attempts
        if change.widgets or change.groups or change.bots:
            self._configure(change)

    def _check_numbers(self, change: Change) -> None:
        """Check that the entries go on where their conversations stood, and end where these now stand."""
        ends = {one.id: one.last_seq for one in change.conversations}
        before = {one: self.conversations.get(one) for one in {entry.conversation_id for entry in change.entries}}
        last = {one: 0 if known is None else known.last_seq for one, known in before.items()}
        for entry in change.entries:
            last[entry.conversation_id] += 1
            if entry.seq != last[entry.conversation_id]:
                raise RuleBroken(f"entry {entry.seq} of {entry.conversation_id} is not the next one")
        for conversation_id, seq in last.items():
            if ends.get(conversation_id) != seq:
                raise RuleBroken(f"{conversation_id} has entries up to {seq} and does not say so")

    def _append(self, entry: Entry) -> None:
        self.entries[entry.conversation_id, entry.seq] = entry
        if entry.answers is not None:
            self.answers[entry.conversation_id, entry.answers] = entry
        if entry.message_id is not None:
            self.messages[entry.contact_id, entry.message_id] = entry
        self.changed.entries.append(entry)

    def _configure(self, change: Change) -> None:
        self.changed.widgets.update({one.id: one for one in change.widgets})
        self.changed.groups.update({one.id: one for one in change.groups})
        self.changed.bots.update({one.id: one for one in change.bots})
        self.directory = configured(self.directory, change)


def configured(directory: Directory, change: Change) -> Directory:
    """Return the directory with the change's widgets, groups and bots."""
    return Directory(
        widgets={**directory.widgets, **{one.id: one for one in change.widgets}},
        groups={**directory.groups, **{one.id: one for one in change.groups}},
        bots={**directory.bots, **{one.id: one for one in change.bots}},
    )


class View:
    """The overlay as one command sees it (its State): what is in its footprint, and nothing else."""

    __slots__ = ("_contacts", "_conversations", "_footprint", "_overlay", "_sessions")

    def __init__(self, overlay: Overlay, footprint: Footprint) -> None:
        self._overlay = overlay
        self._footprint = footprint
        self._contacts: set[ContactId] = set()
        self._conversations: set[ConversationId] = set()
        self._sessions: set[Cid] = set()
        for cid in footprint.sessions:
            self._reach_session(cid)
        for conversation_id in footprint.conversations:
            self._reach_conversation(conversation_id)
        for contact_id in footprint.contacts:
            self._reach_contact(contact_id)

    def _reach_session(self, cid: Cid) -> None:
        if cid not in self._sessions:
            self._sessions.add(cid)
            session = _loaded(self._overlay.sessions, cid)
            if session is not None:
                self._reach_conversation(session.conversation_id)

    def _reach_conversation(self, conversation_id: ConversationId) -> None:
        if conversation_id not in self._conversations:
            self._conversations.add(conversation_id)
            conversation = _loaded(self._overlay.conversations, conversation_id)
            if conversation is not None:
                self._reach_contact(conversation.contact_id)
                if isinstance(conversation.charge, WithBot):
                    self._reach_session(conversation.charge.cid)

    def _reach_contact(self, contact_id: ContactId) -> None:
        if contact_id not in self._contacts:
            self._contacts.add(contact_id)
            contact = _loaded(self._overlay.contacts, contact_id)
            if contact is not None and contact.conversation_id is not None:
                self._reach_conversation(contact.conversation_id)

    @property
    def directory(self) -> Directory:
        """The configuration, with what the batch changed of it."""
        return self._overlay.directory

    def contact(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or None. Raises OutsideFootprint."""
        _declared(contact_id, self._contacts)
        return self._overlay.contacts[contact_id]

    def conversation(self, conversation_id: ConversationId) -> Conversation | None:
        """Return the conversation, or None. Raises OutsideFootprint."""
        _declared(conversation_id, self._conversations)
        return self._overlay.conversations[conversation_id]

    def session(self, cid: Cid) -> Session | None:
        """Return the session, or None. Raises OutsideFootprint."""
        _declared(cid, self._sessions)
        return self._overlay.sessions[cid]

    def entry(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return the entry, or None. Raises OutsideFootprint."""
        place = (conversation_id, seq)
        if place not in self._footprint.entries and not self._in_a_lane(conversation_id, seq):
            raise OutsideFootprint(f"entry {seq} of {conversation_id}")
        return self._overlay.entries.get(place)

    def answer_to(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return the entry that answers this one, or None. Raises OutsideFootprint."""
        _declared((conversation_id, seq), self._footprint.entries)
        return self._overlay.answers.get((conversation_id, seq))

    def sent(self, contact_id: ContactId, message_id: MessageId) -> Entry | None:
        """Return the contact's entry with this id of a message, or None. Raises OutsideFootprint."""
        _declared((contact_id, message_id), self._footprint.messages)
        return self._overlay.messages.get((contact_id, message_id))

    def after_cursor(self, cid: Cid) -> Sequence[Entry]:
        """Return the entries after the session's cursor, oldest first. Raises OutsideFootprint."""
        session = self.session(cid)
        conversation = None if session is None else self.conversation(session.conversation_id)
        if session is None or conversation is None:
            return ()
        places = [(conversation.id, Seq(seq)) for seq in range(session.cursor + 1, conversation.last_seq + 1)]
        return [_loaded(self._overlay.entries, place) for place in places]

    def remembered(self, bot_id: BotId, key: str) -> Remembered | None:
        """Return the first answer to the Idempotency-Key, or None. Raises OutsideFootprint."""
        _declared((bot_id, key), self._footprint.remembered)
        return self._overlay.remembered.get((bot_id, key))

    def _in_a_lane(self, conversation_id: ConversationId, seq: Seq) -> bool:
        reached = (self._overlay.sessions[cid] for cid in self._sessions)
        return any(one is not None and one.conversation_id == conversation_id and seq > one.cursor for one in reached)


def _declared(key: object, declared: Collection[object]) -> None:
    if key not in declared:
        raise OutsideFootprint(f"{key} is not in the command's footprint")


def _loaded(records: Mapping[K, V], key: K) -> V:
    """Return the record; one that a command before this one pointed at, and that nobody loaded, is no None."""
    try:
        return records[key]
    except KeyError:
        raise OutsideFootprint(f"{key} was not loaded for this batch") from None
