"""A session's lane: which entry is the bot's next event, and the freezing of its body (bot protocol, «What Frontdesk sends»)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from frontdesk.core.delivery import LEASE_MARGIN_MS
from frontdesk.core.entries import ByBot, ByContact, Click, Entry, Joined, Message, Notice
from frontdesk.core.given import Draft
from frontdesk.core.ids import EventId, Instant, Seq
from frontdesk.core.people import Bot
from frontdesk.core.replacing import replace
from frontdesk.core.routing import operators_online
from frontdesk.core.session import Head, PacketName, Session
from frontdesk.core.thread import Thread

#: So many messages may wait while the bot is busy with one; then somebody else takes over.
MAX_BACKLOG = 50


def packet_for(entry: Entry, *, session: Session, bot: Bot) -> PacketName | None:
    """Return which event the entry is for this session, or None where it is none."""
    match entry.author, entry.content:
        case ByBot(cid=session.cid), Joined():
            return "start"
        case ByContact(), Message() if session.closed is None:
            return "message"
        case ByContact(), Click() if session.closed is None:
            return "click"
    if session.closed is None or entry.seq < session.closed.seq:
        return None
    if entry.seq == session.closed.seq:
        return "session_ended" if "session_ended" in bot.events else None
    if session.closed.reason == "forwarded" and entry.content == Notice(code="waiting"):
        return "forward_failed" if "forward_failed" in bot.events else None
    return None


def backlog(log: Iterable[Entry], *, session: Session, bot: Bot) -> list[Entry]:
    """Return the entries after the cursor that are events for this session, oldest first, `start` aside."""
    return [
        entry
        for entry in log
        if entry.seq > session.cursor and packet_for(entry, session=session, bot=bot) not in {None, "start"}
    ]


def advance(thread: Thread, *, log: Sequence[Entry]) -> Thread:
    """Make the next event the head of the session's lane, if the lane is idle and there is one.

    `log` holds the entries after the session's cursor that were there before this decision.
    """
    session = thread.session
    if session is None or session.head is not None:
        return thread
    bot = thread.bot
    if session.events == 0:
        started = next(entry for entry in thread.entries if packet_for(entry, session=session, bot=bot) == "start")
        return _frozen(thread, bot=bot, session=session, entry=started, packet="start", cursor=session.cursor)
    known = [*log, *thread.entries]
    waiting = backlog(known, session=session, bot=bot)
    if not waiting:
        return replace(thread, session=replace(session, cursor=thread.conversation.last_seq))
    entry = waiting[0]
    packet = packet_for(entry, session=session, bot=bot)
    if packet is None:
        raise AssertionError("the backlog holds events only")
    return _frozen(thread, bot=bot, session=session, entry=entry, packet=packet, cursor=entry.seq)


def _frozen(thread: Thread, *, bot: Bot, session: Session, entry: Entry, packet: PacketName, cursor: Seq) -> Thread:
    """Put the entry at the head: its number, its id, its bytes, and the first attempt's lease."""
    given = thread.given
    seq = session.events + 1
    event_id = EventId(f"evt_{given.fresh.hex()}")
    body = given.scribe.body(
        Draft(
            widget=thread.widget,
            bot=bot,
            contact=thread.contact,
            conversation=thread.conversation,
            session=session,
            packet=packet,
            entry=entry,
            event_id=event_id,
            seq=seq,
            operators_online=operators_online(given.directory, group_id=None),
        )
    )
    now = given.now
    deadline = Instant(now + bot.deadline_s * 1000)
    shows_patience = bot.patience_after_s > 0 and session.closed is None
    head = Head(
        event_id=event_id,
        packet=packet,
        entry_seq=entry.seq,
        body=body,
        since=now,
        deadline=deadline,
        attempt=1,
        holder=given.holder,
        attempt_at=now,
        lease_until=Instant(deadline + LEASE_MARGIN_MS),
        patience_at=Instant(now + bot.patience_after_s * 1000) if shows_patience else None,
    )
    return replace(thread, session=replace(session, cursor=cursor, events=seq, head=head))


def settled(session: Session) -> Session:
    """Return the session with an idle lane; its cursor already stands at the event that is done."""
    return replace(session, head=None)


def again(session: Session, *, at: Instant, holder: str) -> Session:
    """Return the session with its head claimed by `holder` for one more attempt, at `at`."""
    head = _head(session)
    lease_until = Instant(max(head.deadline, at) + LEASE_MARGIN_MS)
    claimed = replace(head, attempt=head.attempt + 1, holder=holder, attempt_at=at, lease_until=lease_until)
    return replace(session, head=claimed)


def reclaimed(session: Session, *, bot: Bot, now: Instant, holder: str) -> Session:
    """Return the session with its head claimed anew, after its holder died.

    The contact still waits, but a deadline that passed while nobody was there to keep it is no fault of the bot's:
    the event gets its whole time once more.
    """
    head = _head(session)
    deadline = Instant(now + bot.deadline_s * 1000) if head.deadline <= now else head.deadline
    session = replace(session, head=replace(head, deadline=deadline))
    return again(session, at=max(now, head.attempt_at), holder=holder)


def unanswered_from(session: Session) -> Seq:
    """Return the cursor for a session that takes over: just before the event that was not answered."""
    if session.head is None or session.head.packet == "start":
        return session.cursor
    return Seq(session.head.entry_seq - 1)


def _head(session: Session) -> Head:
    if session.head is None:
        raise LookupError("the lane is idle")
    return session.head
