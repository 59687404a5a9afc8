"""An attempt to reach the bot failed: it is made again, or somebody else takes over."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.on_session import OnSession
from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.threads import log_of, thread_of_session
from frontdesk.core.attempt import Attempt
from frontdesk.core.change import Change
from frontdesk.core.delivery import Failed, next_attempt_at
from frontdesk.core.ids import Cid, EventId, Instant
from frontdesk.core.lane import again
from frontdesk.core.refusals import Fenced
from frontdesk.core.replacing import replace
from frontdesk.core.sessions import fall_back
from frontdesk.core.thread import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class FailAttempt(OnSession):
    """Record the attempt and decide what comes next (bot protocol, «When a bot fails»)."""

    event_id: EventId
    attempt: int
    failure: Failed
    record: Attempt
    #: A random number in 0 … 1, for the jitter of the next attempt.
    chance: float

    def decide(self, case: Case) -> Decision[Instant | None]:
        """Return when the next attempt is due, or None. Raises Fenced where another attempt holds the lane."""
        thread = held_lane(case, self.cid, event_id=self.event_id, attempt=self.attempt, record=self.record)
        return settle_failure(case, thread, failure=self.failure, record=self.record, chance=self.chance)


def settle_failure(
    case: Case, thread: Thread, *, failure: Failed, record: Attempt, chance: float
) -> Decision[Instant | None]:
    """Claim the lane for another attempt where the deadline has room for it, else fall back."""
    session = thread.session
    if session is None or session.head is None:
        raise LookupError("no attempt is under way")
    head = session.head
    at = None
    if session.closed is None:
        at = next_attempt_at(
            failure, bot=thread.bot, attempt=head.attempt, now=case.now, deadline=head.deadline, chance=chance
        )
    if at is not None:
        claimed = replace(thread, session=again(session, at=at, holder=case.holder))
        return Decision(claimed.change + Change(attempts=(record,)), at)
    after = fall_back(thread, fault=failure.fault, attempts=head.attempt, log=log_of(case, thread))
    if failure.fault == "gone":
        paused = replace(thread.bot, paused=True)
        return Decision(after.change + Change(attempts=(record,), bots=(paused,)), None)
    return Decision(after.change + Change(attempts=(record,)), None)


def held_lane(case: Case, cid: Cid, *, event_id: EventId, attempt: int, record: Attempt) -> Thread:
    """Return the session's thread where this attempt holds its lane. Raises Fenced, with the attempt's record."""
    thread = thread_of_session(case, cid)
    head = thread.session.head if thread.session else None
    if head is None or head.event_id != event_id or head.attempt != attempt:
        fenced = replace(record, outcome="fenced", reason="another attempt holds the lane")
        raise Fenced(change=Change(attempts=(fenced,)))
    return thread
