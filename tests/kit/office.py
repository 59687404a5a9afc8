"""The platform without its doors: the real actions on a real store, a clock that stands still, and words to drive them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count

from frontdesk.actions.apply_answer import Applied, ApplyAnswer
from frontdesk.actions.call_api import CallApi, Called
from frontdesk.actions.click import Click
from frontdesk.actions.configure import AddBot, AddGroup, AddWidget
from frontdesk.actions.fail_attempt import FailAttempt
from frontdesk.actions.meet import Meet
from frontdesk.actions.open_panel import OpenPanel
from frontdesk.actions.ports import Ledger, Reader
from frontdesk.actions.say import Say
from frontdesk.actions.threads import Receipt
from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.bot_events import BotEvent, Request, Show
from frontdesk.core.conversation import ApproachMode, Conversation, Page
from frontdesk.core.delivery import Failed
from frontdesk.core.entries import Content, Entry, Message
from frontdesk.core.ids import BotId, Cid, ContactId, ConversationId, EventId, Instant, MessageId, Seq
from frontdesk.core.people import Bot, Widget
from frontdesk.core.session import Session
from frontdesk.store.memory import MemoryStore
from frontdesk.store.shelves import Shelves
from frontdesk.wire.webhook import WireScribe
from tests.kit.making import ADA, NOON, SUPPORT, WIDGET, Counted

PAGE = Page(url="https://shop.example/")
TIMEOUT = Failed(fault="timeout", received=True, reason="no answer within 20 s")


@dataclass
class Clock:
    """A clock that a test moves."""

    now: Instant = NOON

    def __call__(self) -> Instant:
        return self.now

    def advance(self, *, seconds: float) -> None:
        self.now = Instant(self.now + int(seconds * 1000))


@dataclass
class Office:
    """One widget and its bots, spoken to as contacts and bots do."""

    ledger: Ledger
    reader: Reader
    clock: Clock
    holder: str = ""
    shelves: Shelves = field(default_factory=Shelves)
    sessions: dict[Cid, Session] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=count)

    @classmethod
    async def opened(cls, *bots: Bot, widget: Widget = WIDGET) -> Office:
        """Return an office on the store in memory, with one widget, two groups, and these bots (or Ada alone)."""
        clock = Clock()
        shelves = Shelves()
        store = MemoryStore(shelves, now=clock, fresh=Counted(), scribe=WireScribe())
        office = cls(ledger=store.ledger, reader=store.reader, clock=clock, holder=store.holder, shelves=shelves)
        store.ledger.subscribe(lambda change: office.sessions.update({one.cid: one for one in change.sessions}))
        for name in ("Sales", "Support"):
            await store.ledger.run(AddGroup(name=name))
        await store.ledger.run(AddWidget(widget=widget))
        for bot in bots or (ADA,):
            await store.ledger.run(AddBot(bot=replace(bot, groups=(SUPPORT.id,))))
        return office

    def message_id(self) -> MessageId:
        """Return an id that no message has."""
        return MessageId(f"m{next(self._ids)}")

    async def contact(self, name: str = "ct_1") -> ContactId:
        """Return a contact that the platform knows."""
        contact_id = ContactId(name)
        await self.ledger.run(Meet(contact_id=contact_id, widget_id=WIDGET.id, token_sha256=f"hash of {name}"))
        return contact_id

    async def opens(self, contact: ContactId, *, mode: ApproachMode = "normal") -> Receipt:
        """Let the contact open the panel."""
        return await self.ledger.run(OpenPanel(contact_id=contact, message_id=self.message_id(), mode=mode, page=PAGE))

    async def says(self, contact: ContactId, text: str, *, message_id: MessageId | None = None) -> Receipt:
        """Let the contact write."""
        return await self.ledger.run(
            Say(contact_id=contact, message_id=message_id or self.message_id(), body=text, page=PAGE)
        )

    async def clicks(
        self, contact: ContactId, *, conversation: ConversationId, seq: int, option: int, message_id: str | None = None
    ) -> Receipt:
        """Let the contact click."""
        return await self.ledger.run(
            Click(
                contact_id=contact,
                conversation_id=conversation,
                message_id=MessageId(message_id) if message_id else self.message_id(),
                seq=Seq(seq),
                option=option,
            )
        )

    def session_of(self, conversation: ConversationId) -> Session:
        """Return the newest session of the conversation."""
        return [one for one in self.sessions.values() if one.conversation_id == conversation][-1]

    async def answers(
        self, session: Session, *requests: Request, context: bytes | None = None, attempt: int | None = None
    ) -> Applied:
        """Let the bot answer the event at the head of its lane."""
        head = session.head
        assert head is not None, "the lane is idle"
        return await self.ledger.run(
            ApplyAnswer(
                cid=session.cid,
                event_id=head.event_id,
                attempt=attempt or head.attempt,
                events=self.events(session.cid, *requests, context=context),
                record=self.record(session, event_id=head.event_id),
            )
        )

    async def fails(self, session: Session, failure: Failed = TIMEOUT) -> Instant | None:
        """Let the attempt at the head of the lane fail."""
        head = session.head
        assert head is not None, "the lane is idle"
        return await self.ledger.run(
            FailAttempt(
                cid=session.cid,
                event_id=head.event_id,
                attempt=head.attempt,
                failure=failure,
                record=replace(self.record(session, event_id=head.event_id), outcome=failure.fault),
                chance=0.5,
            )
        )

    async def calls(
        self, session: Session, *requests: Request, key: str | None = None, body: str = "", bot_id: BotId | None = None
    ) -> Called:
        """Let the bot call the API URL."""
        return await self.ledger.run(
            CallApi(
                bot_id=bot_id or session.bot_id,
                events=self.events(session.cid, *requests),
                record=replace(self.record(session, event_id=None), door="api"),
                key=key,
                body_sha256=body,
                answer=lambda applied: repr(applied.seqs).encode(),
            )
        )

    @staticmethod
    def events(cid: Cid, *requests: Request, context: bytes | None = None) -> tuple[BotEvent, ...]:
        """Return the requests as the events of one list."""
        return tuple(
            BotEvent(cid=cid, request=request, context=context, path=f"$[{index}]")
            for index, request in enumerate(requests)
        )

    def record(self, session: Session, *, event_id: EventId | None) -> Attempt:
        """Return a record for the delivery log."""
        return Attempt(
            id=f"{next(self._ids):032x}",
            door="webhook",
            bot_id=session.bot_id,
            cid=session.cid,
            conversation_id=session.conversation_id,
            event_id=event_id,
            packet=session.head.packet if session.head else "message",
            number=session.head.attempt if session.head else 0,
            started_at=self.clock.now,
            timings=Timings(),
            outcome="ok",
        )

    async def log(self, conversation: ConversationId) -> list[Content]:
        """Return what the conversation's entries say."""
        return [entry.content for entry in await self.entries(conversation)]

    async def entries(self, conversation: ConversationId) -> tuple[Entry, ...]:
        """Return the conversation's entries."""
        return await self.reader.history(conversation, before=Seq(1_000_000), limit=100_000)

    async def conversation(self, conversation: ConversationId) -> Conversation:
        """Return the conversation as it is stored."""
        found = await self.reader.conversation(conversation)
        assert found is not None
        return found


def text(body: str) -> Show:
    """Return the request to show this text."""
    return Show(content=Message(body=body))
