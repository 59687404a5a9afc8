"""Commands for tests of the store: they do what a test says, on the records that it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from frontdesk.actions.ports import Broom, Case, Decision, Footprint, Reader, State
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.charge import Ended, Waiting
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import ByContact, Content, Entry, Message
from frontdesk.core.ids import ContactId, ConversationId, Instant, MessageId, Seq
from frontdesk.core.refusals import Refusal
from frontdesk.store.ledger import GroupLedger
from tests.kit.making import ADA, BEA, CONTACT, NOON, SALES, SUPPORT, WIDGET

R = TypeVar("R")

CV = ConversationId("cv_1")


class Store(Protocol):
    """What every store has."""

    epoch: str
    holder: str

    @property
    def ledger(self) -> GroupLedger: ...

    @property
    def reader(self) -> Reader: ...

    @property
    def broom(self) -> Broom: ...

    async def close(self) -> None: ...


class BugError(Exception):
    """Something in a command is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Do(Generic[R]):
    """Decide as the test says."""

    decision: Callable[[Case], Decision[R]]
    footprint: Footprint = field(default_factory=Footprint)

    def decide(self, case: Case) -> Decision[R]:
        return self.decision(case)


def put(change: Change, *, footprint: Footprint | None = None) -> Do[None]:
    """Return a command that saves this change."""
    return Do(decision=lambda case: Decision(change, None), footprint=footprint or Footprint())


def look(at: Callable[[State], R], **footprint: frozenset[object]) -> Do[R]:
    """Return a command that only looks."""
    return Do(decision=lambda case: Decision(NOTHING, at(case.state)), footprint=Footprint(**footprint))  # type: ignore[arg-type]


def refuse(refusal: Refusal) -> Do[None]:
    """Return a command that is refused."""

    def decision(case: Case) -> Decision[None]:
        raise refusal

    return Do(decision=decision)


def fail() -> Do[None]:
    """Return a command with a bug."""

    def decision(case: Case) -> Decision[None]:
        raise BugError("a bug")

    return Do(decision=decision)


def conversation(number: int = 1, **fields: object) -> Conversation:
    """Return a conversation without entries."""
    made = Conversation(
        id=ConversationId(f"cv_{number}"),
        widget_id=WIDGET.id,
        contact_id=CONTACT.id,
        created_at=NOON,
        active_at=NOON,
        charge=Waiting(group_id=None, since=NOON, reason="nobody"),
        last_seq=Seq(0),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


SETTINGS = Change(widgets=(WIDGET,), groups=(SALES, SUPPORT), bots=(ADA, BEA))
BEGUN = Change(contacts=(replace(CONTACT, conversation_id=CV),), conversations=(conversation(),))
ENDED = Ended(at=NOON, reason="contact_ended")


def append(
    body: str = "hello",
    *,
    to: ConversationId = CV,
    message_id: str | None = None,
    answers: int | None = None,
    content: Content | None = None,
    spoils: bool = False,
) -> Do[Seq]:
    """Return a command that adds an entry to a conversation; where it `spoils`, with a number that leaves a gap."""

    def decision(case: Case) -> Decision[Seq]:
        there = case.state.conversation(to)
        assert there is not None
        seq = Seq(there.last_seq + (2 if spoils else 1))
        entry = Entry(
            conversation_id=to,
            contact_id=there.contact_id,
            seq=seq,
            at=case.now,
            author=ByContact(),
            content=content or Message(body=body),
            message_id=MessageId(message_id) if message_id else None,
            answers=Seq(answers) if answers else None,
        )
        return Decision(Change(conversations=(replace(there, last_seq=seq),), entries=(entry,)), seq)

    return Do(decision=decision, footprint=Footprint(conversations=frozenset({to})))


def contact(number: int) -> ContactId:
    """Return the id of a contact."""
    return ContactId(f"ct_{number}")


LATER = Instant(NOON + 1_000)
