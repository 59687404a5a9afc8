"""What keeps a lane moving: giving one back, claiming one whose holder died, and telling that the bot is slow."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.on_session import OnSession
from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.threads import thread_of_session
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.entries import Notice
from frontdesk.core.ids import EventId, Instant
from frontdesk.core.lane import reclaimed
from frontdesk.core.replacing import replace
from frontdesk.core.thread import SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class ReclaimLane(OnSession):
    """Claim the head of a lane whose holder is dead, for one more attempt with the same bytes."""

    #: A holder whose lease ended by then counts as dead.
    as_of: Instant
    #: A holder that is known to be dead, whatever its lease says.
    dead: str | None = None

    def decide(self, case: Case) -> Decision[None]:
        """Claim it, or do nothing where the lane is idle or held. Raises UnknownCid."""
        thread = thread_of_session(case, self.cid)
        session = thread.session
        head = session.head if session else None
        if session is None or head is None or (head.lease_until > self.as_of and head.holder != self.dead):
            return Decision(NOTHING, None)
        claimed = reclaimed(session, bot=thread.bot, now=case.now, holder=case.holder)
        return Decision(Change(sessions=(claimed,)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLane(OnSession):
    """Give the head of a lane back that an attempt holds, for another process to claim at once."""

    event_id: EventId
    attempt: int
    #: Whether the bot may have been called; an attempt that did not begin is none, and its number is free again.
    begun: bool

    def decide(self, case: Case) -> Decision[None]:
        """End the lease, or do nothing where the attempt does not hold the lane. Raises UnknownCid."""
        session = thread_of_session(case, self.cid).session
        head = session.head if session else None
        if session is None or head is None or (head.event_id, head.attempt) != (self.event_id, self.attempt):
            return Decision(NOTHING, None)
        free = replace(head, lease_until=case.now, attempt=self.attempt if self.begun else self.attempt - 1)
        return Decision(Change(sessions=(replace(session, head=free),)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPatience(OnSession):
    """Show the one line that the bot is still working, where it still is."""

    event_id: EventId

    def decide(self, case: Case) -> Decision[None]:
        """Show it once an event. Raises UnknownCid."""
        thread = thread_of_session(case, self.cid)
        session = thread.session
        head = session.head if session else None
        if session is None or head is None or head.event_id != self.event_id or head.patience_at is None:
            return Decision(NOTHING, None)
        shown = replace(thread, session=replace(session, head=replace(head, patience_at=None)))
        if thread.in_charge:
            shown = shown.append(SYSTEM, Notice(code="patience", text=thread.bot.patience_line or None))
        return Decision(shown.change, None)
