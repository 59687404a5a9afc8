"""Records for tests of the rules: a shop's widget, two bots, a contact, and a conversation at any stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from frontdesk.core.charge import Waiting
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import ByContact, Message
from frontdesk.core.given import Draft, Given
from frontdesk.core.ids import BotId, ContactId, ConversationId, GroupId, Instant, MessageId, Seq, WidgetId
from frontdesk.core.people import Bot, Contact, Directory, Group, Widget
from frontdesk.core.sessions import start_session
from frontdesk.core.thread import Thread

NOON = Instant(1_800_000_000_000)
SALES = Group(id=GroupId(1), name="Sales")
SUPPORT = Group(id=GroupId(2), name="Support")
WIDGET = Widget(id=WidgetId(1), key="wk_shop", name="Shop", domains=("shop.example",), groups=(SUPPORT.id,))
ADA = Bot(id=BotId(1), public_id="ada", first_name="Ada", groups=(SUPPORT.id,), webhook_url="https://bots.example/ada")
BEA = Bot(id=BotId(2), public_id="bea", first_name="Bea", groups=(SUPPORT.id,), webhook_url="https://bots.example/bea")
CONTACT = Contact(
    id=ContactId("ct_1"), widget_id=WIDGET.id, token_sha256="00" * 32, token_issued_at=NOON, created_at=NOON
)


@dataclass
class Counted:
    """Ids in order instead of random ones, so that a test can name them."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def hex(self) -> str:
        return f"{next(self.numbers):032x}"


class PlainScribe:
    """Writes which event it was asked to write, in a form that a test reads at a glance."""

    def body(self, draft: Draft) -> bytes:
        return f"{draft.seq} {draft.packet} {draft.entry.seq} {draft.session.context.decode()}".encode()


def directory(*bots: Bot, widget: Widget = WIDGET) -> Directory:
    """Return an installation with these bots."""
    return Directory(
        widgets={widget.id: widget},
        groups={SALES.id: SALES, SUPPORT.id: SUPPORT},
        bots={bot.id: bot for bot in bots},
    )


def given(*bots: Bot, now: Instant = NOON, widget: Widget = WIDGET) -> Given:
    """Return an outside world with these bots."""
    return Given(now=now, fresh=Counted(), scribe=PlainScribe(), directory=directory(*bots, widget=widget), holder="p1")


def new_conversation(*bots: Bot, widget: Widget = WIDGET) -> Thread:
    """Return a conversation that nobody is in charge of yet."""
    conversation = Conversation(
        id=ConversationId("cv_1"),
        widget_id=widget.id,
        contact_id=CONTACT.id,
        created_at=NOON,
        active_at=NOON,
        charge=Waiting(group_id=None, since=NOON, reason="nobody"),
        last_seq=Seq(0),
    )
    return Thread(given=given(*bots, widget=widget), widget=widget, contact=CONTACT, conversation=conversation)


def with_bot(bot: Bot = ADA, *others: Bot) -> Thread:
    """Return a conversation with the bot in charge and `start` at the head of its lane."""
    return start_session(new_conversation(bot, *others), bot, cursor=Seq(0))


def says(thread: Thread, text: str, *, message_id: str | None = None) -> Thread:
    """Return the conversation with one more message of the contact."""
    return thread.append(ByContact(), Message(body=text), message_id=MessageId(message_id) if message_id else None)
