"""How a bot's session starts, fails and expires, and what becomes of the conversation then."""

from __future__ import annotations

from collections.abc import Sequence

from frontdesk.core.charge import WithBot
from frontdesk.core.entries import BotFailed, Entry, Joined, Notice
from frontdesk.core.ids import Cid, MessageId, Seq
from frontdesk.core.lane import advance, settled, unanswered_from
from frontdesk.core.people import Bot
from frontdesk.core.replacing import replace
from frontdesk.core.routing import choose_bot
from frontdesk.core.session import Session
from frontdesk.core.thread import SYSTEM, Thread, author_of


def start_session(
    thread: Thread, bot: Bot, *, cursor: Seq, log: Sequence[Entry] = (), message_id: MessageId | None = None
) -> Thread:
    """Put the bot in charge; its lane begins with `start` and goes on with what the contact wrote after `cursor`."""
    given = thread.given
    session = Session(
        cid=Cid(f"chatbot::{bot.id}:{given.fresh.hex()}"),
        conversation_id=thread.conversation.id,
        bot_id=bot.id,
        opened_at=given.now,
        cursor=cursor,
    )
    conversation = replace(
        thread.conversation,
        charge=WithBot(cid=session.cid, bot_id=bot.id),
        bots=(*thread.conversation.bots, bot.id),
    )
    left = (*thread.left, thread.session) if thread.session else thread.left
    thread = replace(thread, conversation=conversation, session=session, left=left)
    thread = thread.append(author_of(bot, session), Joined(), message_id=message_id).active()
    return advance(thread, log=log)


def fall_back(thread: Thread, *, fault: str, attempts: int, log: Sequence[Entry]) -> Thread:
    """Do what the bot's settings say for a bot that failed (bot protocol, «When a bot fails»): never silence, never an error text."""
    session = thread.session
    if session is None:
        raise LookupError("the thread has no session")
    bot = thread.bot
    cursor = unanswered_from(session)
    thread = replace(thread, session=settled(session))
    if not thread.in_charge:
        return advance(thread, log=log)
    thread = thread.append(SYSTEM, BotFailed(fault=fault, attempts=attempts))
    other = None
    if bot.on_failure == "next_bot":
        other = choose_bot(thread.given.directory, widget=thread.widget, without=thread.conversation.bots)
    if other is not None:
        thread = advance(thread.close_session("failed", told_by=thread.conversation.last_seq), log=log)
        return start_session(thread, other, cursor=cursor, log=log)
    thread = thread.append(SYSTEM, Notice(code="failed", text=bot.failure_line or None))
    if bot.on_failure == "message":
        return advance(thread.active(), log=log)
    told_by = thread.next_seq
    return advance(thread.wait(group_id=None, reason="failed").close_session("failed", told_by=told_by), log=log)


def expire(thread: Thread, *, log: Sequence[Entry]) -> Thread:
    """End the session and the conversation for lack of activity; nothing resumes them (bot protocol, «Sessions»)."""
    told_by = thread.next_seq
    return advance(thread.end("expired").close_session("expired", told_by=told_by), log=log)
