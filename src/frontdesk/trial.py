"""Tries a bot's webhook: a sample `start`, rightly signed and then wrongly."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import replace

from frontdesk.control.office import Trial
from frontdesk.core.charge import WithBot
from frontdesk.core.conversation import Conversation, Page
from frontdesk.core.delivery import LEASE_MARGIN_MS, Answered, Failed
from frontdesk.core.entries import ByBot, Entry, Joined
from frontdesk.core.given import Draft
from frontdesk.core.ids import Cid, ContactId, ConversationId, EventId, Instant, Seq, WidgetId
from frontdesk.core.people import Bot, Contact, SigningSecret, Widget
from frontdesk.core.session import Head, Session
from frontdesk.delivery.post import Call, Exchange, Poster
from frontdesk.wire.event_names import event_name
from frontdesk.wire.events import read_answer
from frontdesk.wire.webhook import WireScribe


class WebhookTrials:
    """Calls webhooks through the guarded client. Nothing is stored, and no conversation is touched."""

    def __init__(self, poster: Poster, *, now: Callable[[], Instant]) -> None:
        self._poster = poster
        self._now = now

    async def trial(self, bot: Bot) -> Trial:
        """Return how the bot answered; the wrongly signed call is made only where the right one was answered."""
        call = sample_call(bot, now=self._now())
        exchange = await self._poster.post(call)
        trial = _read(exchange, cid=call.cid)
        if not isinstance(exchange.outcome, Answered) or not bot.secrets:
            return trial
        forged = await self._poster.post(sample_call(_with_wrong_secret(bot), now=self._now()))
        return replace(trial, checks_signature=not isinstance(forged.outcome, Answered))


def sample_call(bot: Bot, *, now: Instant) -> Call:
    """Return a `start` for a session that does not exist."""
    cid = Cid(f"chatbot::{bot.id}:{secrets.token_hex(16)}")
    event_id = EventId(f"evt_{secrets.token_hex(16)}")
    draft = _draft(bot, cid=cid, event_id=event_id, now=now)
    deadline = Instant(now + bot.deadline_s * 1000)
    head = Head(
        event_id=event_id,
        packet="start",
        entry_seq=Seq(1),
        body=WireScribe().body(draft),
        since=now,
        deadline=deadline,
        attempt=1,
        holder="",
        attempt_at=now,
        lease_until=Instant(deadline + LEASE_MARGIN_MS),
    )
    return Call(bot=bot, cid=cid, conversation_id=draft.conversation.id, head=head)


def _draft(bot: Bot, *, cid: Cid, event_id: EventId, now: Instant) -> Draft:
    widget = Widget(id=WidgetId(1), key="test", name="Test")
    contact = Contact(
        id=ContactId("ct_test"), widget_id=widget.id, token_sha256="", token_issued_at=now, created_at=now
    )
    conversation = Conversation(
        id=ConversationId("cv_test"),
        widget_id=widget.id,
        contact_id=contact.id,
        created_at=now,
        charge=WithBot(cid=cid, bot_id=bot.id),
        last_seq=Seq(1),
        page=Page(url="https://shop.example/", title="Test"),
        active_at=now,
    )
    session = Session(cid=cid, conversation_id=conversation.id, bot_id=bot.id, opened_at=now, cursor=Seq(1), events=1)
    entry = Entry(
        conversation_id=conversation.id,
        contact_id=contact.id,
        seq=Seq(1),
        at=now,
        author=ByBot(bot_id=bot.id, cid=cid, name=bot.name),
        content=Joined(),
    )
    return Draft(
        widget=widget,
        bot=bot,
        contact=contact,
        conversation=conversation,
        session=session,
        packet="start",
        entry=entry,
        event_id=event_id,
        seq=1,
        operators_online=False,
    )


def _with_wrong_secret(bot: Bot) -> Bot:
    wrong = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return replace(bot, secrets=(SigningSecret(secret=wrong, created_at=bot.secrets[0].created_at),))


def _read(exchange: Exchange, *, cid: Cid) -> Trial:
    if not isinstance(exchange.outcome, Answered):
        return Trial(record=exchange.record)
    asked = read_answer(exchange.outcome.body, cid=cid)
    if isinstance(asked, Failed):
        record = replace(exchange.record, outcome=asked.fault, reason=asked.reason, path=asked.path)
        return Trial(record=record)
    record = replace(exchange.record, ignored=asked.ignored)
    return Trial(record=record, events=tuple(event_name(one) for one in asked.events))
