"""One conversation while it is being changed: its records, and the entries it has gained."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.core.change import Change
from frontdesk.core.charge import Ended, EndReason, Waiting, WaitReason, WithBot
from frontdesk.core.conversation import Conversation, Offered
from frontdesk.core.entries import (
    Author,
    Bubbles,
    ByBot,
    BySystem,
    Carousel,
    Click,
    Content,
    ConversationEnded,
    Entry,
    Notice,
    Queued,
)
from frontdesk.core.given import Given
from frontdesk.core.ids import GroupId, Instant, MessageId, Seq
from frontdesk.core.people import Bot, Contact, Widget
from frontdesk.core.replacing import replace
from frontdesk.core.routing import operators_online
from frontdesk.core.session import Closed, CloseReason, Session

SYSTEM = BySystem()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation with its contact, its widget and the sessions a decision touches.

    Each verb returns the thread as it is afterwards; `change` is what to save in the end.
    """

    given: Given
    widget: Widget
    contact: Contact
    conversation: Conversation
    #: The session in charge, or the one whose lane the decision is about.
    session: Session | None = None
    #: Sessions that the decision changed and left behind.
    left: tuple[Session, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def change(self) -> Change:
        """Everything that this thread has become."""
        sessions = (*self.left, self.session) if self.session else self.left
        return Change(
            contacts=(self.contact,), conversations=(self.conversation,), sessions=sessions, entries=self.entries
        )

    @property
    def bot(self) -> Bot:
        """The bot of the session at hand. Raises LookupError where there is no session."""
        if self.session is None:
            raise LookupError("the thread has no session")
        return self.given.directory.bots[self.session.bot_id]

    @property
    def in_charge(self) -> bool:
        """Whether the session at hand is in charge of the conversation."""
        charge = self.conversation.charge
        return self.session is not None and isinstance(charge, WithBot) and charge.cid == self.session.cid

    def append(
        self, author: Author, content: Content, *, message_id: MessageId | None = None, answers: Seq | None = None
    ) -> Thread:
        """Add the next entry of the log."""
        entry = Entry(
            conversation_id=self.conversation.id,
            contact_id=self.contact.id,
            seq=self.next_seq,
            at=self.given.now,
            author=author,
            content=content,
            message_id=message_id,
            answers=answers,
        )
        conversation = replace(
            self.conversation, last_seq=entry.seq, offered=_offered(self.conversation.offered, entry)
        )
        return replace(self, conversation=conversation, entries=(*self.entries, entry))

    def active(self) -> Thread:
        """Note an activity: with a bot in charge, the session's time begins anew."""
        return self._active(spoken=self.conversation.spoken)

    def spoke(self) -> Thread:
        """Note that the contact wrote or clicked."""
        return self._active(spoken=True)

    def _active(self, *, spoken: bool) -> Thread:
        now = self.given.now
        expires_at = None
        if isinstance(self.conversation.charge, WithBot):
            expires_at = Instant(now + self.widget.live_timeout_s * 1000)
        conversation = replace(self.conversation, active_at=now, expires_at=expires_at, spoken=spoken)
        return replace(self, conversation=conversation)

    def close_session(self, reason: CloseReason, *, told_by: Seq) -> Thread:
        """End the session at hand; entry `told_by` tells of it. An attempt under way is let run out."""
        if self.session is None or self.session.closed is not None:
            return self
        closed = Closed(at=self.given.now, reason=reason, seq=told_by)
        return replace(self, session=replace(self.session, closed=closed))

    @property
    def next_seq(self) -> Seq:
        """The number of the entry that is appended next."""
        return Seq(self.conversation.last_seq + 1)

    def wait(self, *, group_id: GroupId | None, reason: WaitReason) -> Thread:
        """Offer the conversation to the operators of a group, or to all; say so honestly where none is there."""
        charge = Waiting(group_id=group_id, since=self.given.now, reason=reason)
        thread = self._charged(charge).append(SYSTEM, Queued(group_id=group_id, reason=reason))
        if operators_online(self.given.directory, group_id=group_id):
            return thread
        return thread.append(SYSTEM, Notice(code="waiting"))

    def end(self, reason: EndReason, *, message_id: MessageId | None = None) -> Thread:
        """End the conversation."""
        thread = self._charged(Ended(at=self.given.now, reason=reason))
        return thread.append(SYSTEM, ConversationEnded(reason=reason), message_id=message_id)

    def _charged(self, charge: Waiting | Ended) -> Thread:
        conversation = replace(self.conversation, charge=charge, expires_at=None, offered=None)
        return replace(self, conversation=conversation)


def author_of(bot: Bot, session: Session) -> ByBot:
    """Return the author of what this session writes."""
    return ByBot(bot_id=bot.id, cid=session.cid, name=bot.name)


def _offered(before: Offered | None, entry: Entry) -> Offered | None:
    """Return the newest unclicked buttons after `entry`."""
    match entry.content:
        case Bubbles(options=options):
            return Offered(seq=entry.seq, element="bubbles", headlines=options)
        case Carousel(options=cards):
            return Offered(seq=entry.seq, element="carousel", headlines=tuple(card.headline for card in cards))
        case Click():
            return None if before is not None and before.seq == entry.answers else before
        case _:
            return before
