"""What actions need from the rooms around them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from frontdesk.core.attempt import Attempt
from frontdesk.core.change import Change, Remembered
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Entry
from frontdesk.core.given import Fresh as Fresh
from frontdesk.core.given import Scribe as Scribe
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, EventId, Instant, MessageId, Seq, WidgetId
from frontdesk.core.people import Contact, Directory
from frontdesk.core.session import Session

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """The records that a command reads or changes; the store loads and locks them, and no others.

    From one record the store goes on to those it hangs together with: a contact brings its newest conversation; a
    conversation its contact and, with a bot in charge, that session; a session its conversation and the entries
    after its cursor.
    """

    contacts: frozenset[ContactId] = frozenset()
    conversations: frozenset[ConversationId] = frozenset()
    sessions: frozenset[Cid] = frozenset()
    #: Entries, each with the entry that answers it.
    entries: frozenset[tuple[ConversationId, Seq]] = frozenset()
    #: Entries found by the contact's own id of a message.
    messages: frozenset[tuple[ContactId, MessageId]] = frozenset()
    #: Answers to Idempotency-Keys.
    remembered: frozenset[tuple[BotId, str]] = frozenset()


class State(Protocol):
    """The loaded records, with the changes of the commands before this one in the same transaction."""

    @property
    def directory(self) -> Directory:
        """The installation's configuration."""
        ...

    def contact(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or None."""
        ...

    def conversation(self, conversation_id: ConversationId) -> Conversation | None:
        """Return the conversation, or None."""
        ...

    def session(self, cid: Cid) -> Session | None:
        """Return the session, or None."""
        ...

    def entry(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return the entry, or None."""
        ...

    def answer_to(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return the entry that answers the entry `seq`, or None."""
        ...

    def sent(self, contact_id: ContactId, message_id: MessageId) -> Entry | None:
        """Return the entry that the contact sent with this id, or None."""
        ...

    def after_cursor(self, cid: Cid) -> Sequence[Entry]:
        """Return the entries of the session's conversation after the session's cursor, oldest first."""
        ...

    def remembered(self, bot_id: BotId, key: str) -> Remembered | None:
        """Return the first answer to this Idempotency-Key, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a command may look at while it decides."""

    state: State
    now: Instant
    fresh: Fresh
    scribe: Scribe
    #: This process, among those that share the store; it makes the attempts that the decision claims.
    holder: str


@dataclass(frozen=True, slots=True)
class Decision(Generic[R_co]):
    """What a command decided: what changes, and what its caller learns once that is durable."""

    change: Change
    result: R_co


class Command(Protocol[R_co]):
    """Something somebody can do: a pure decision over a declared footprint."""

    @property
    def footprint(self) -> Footprint:
        """The records to load and lock."""
        ...

    def decide(self, case: Case) -> Decision[R_co]:
        """Return the change and the result. Raises Refusal (whose own change is saved)."""
        ...


class Ledger(Protocol):
    """The one door to the store: commands go in, durable results come out."""

    async def run(self, command: Command[R]) -> R:
        """Decide and save, together with other callers' commands; return after the commit.

        Raises the command's Refusal (after its change is durable), or StoreUnavailable.
        """
        ...


class StoreUnavailable(Exception):
    """The store cannot save now; nothing was applied and it is safe to try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A contact's newest conversation, read at one moment."""

    contact: Contact
    conversation: Conversation | None
    entries: tuple[Entry, ...]
    #: Whether `entries` continue, without a gap, what the caller said it has.
    resumed: bool


class Reader(Protocol):
    """Reads of what is durable, on connections of their own."""

    def directory(self) -> Directory:
        """Return the configuration as of the newest commit."""
        ...

    async def contact_by_token(self, widget_id: WidgetId, token_sha256: str) -> Contact | None:
        """Return the widget's contact with this token, or with it as the previous one."""
        ...

    async def snapshot(
        self, contact_id: ContactId, *, has: tuple[ConversationId, Seq] | None, limit: int
    ) -> Snapshot | None:
        """Return the contact's newest conversation: all after `has` where that fits in `limit`, else the newest."""
        ...

    async def history(self, conversation_id: ConversationId, *, before: Seq, limit: int) -> tuple[Entry, ...]:
        """Return up to `limit` entries before `before`, oldest first."""
        ...

    async def entry(self, conversation_id: ConversationId, seq: Seq) -> Entry | None:
        """Return one entry, or None."""
        ...

    async def conversation(self, conversation_id: ConversationId) -> Conversation | None:
        """Return one conversation, or None."""
        ...

    async def positions(self, contacts: Collection[ContactId]) -> tuple[tuple[ContactId, ConversationId, Seq], ...]:
        """Return where the newest conversation of each of these contacts stands."""
        ...

    async def due_lanes(self, now: Instant, *, limit: int) -> tuple[Cid, ...]:
        """Return lanes with a head whose lease ran out."""
        ...

    async def orphans(self, *, limit: int) -> tuple[tuple[Cid, str], ...]:
        """Return lanes whose holder is no process that lives, each with that holder."""
        ...

    async def due_patience(self, now: Instant, *, limit: int) -> tuple[tuple[Cid, EventId], ...]:
        """Return lanes whose patience line is due."""
        ...

    async def due_expiries(self, now: Instant, *, limit: int) -> tuple[ConversationId, ...]:
        """Return live conversations whose `expires_at` is past."""
        ...

    async def attempts(
        self, *, bot_id: BotId | None = None, cid: Cid | None = None, before: Instant | None = None, limit: int = 50
    ) -> tuple[Attempt, ...]:
        """Return the delivery log, newest first."""
        ...


class Broom(Protocol):
    """Removes what is past its time."""

    async def sweep(self, now: Instant) -> int:
        """Remove what is past its time; return how many records went.

        Answers to Idempotency-Keys go after 24 hours, attempts after 30 days, and conversations (with a
        contact that has no other) that the contact never wrote in after a day; return how many records went.
        """
        ...
