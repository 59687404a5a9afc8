"""A delivery of the past is closed: its contact has not been waiting for a long time."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.on_session import OnSession
from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.threads import thread_of_session
from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.session import Head, Session
from frontdesk.core.sessions import bury

REASON = "The deadline had passed when a backup was restored."


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStale(OnSession):
    """Give up the head of a lane whose deadline passed before a backup was restored, without calling a bot (X4)."""

    def decide(self, case: Case) -> Decision[bool]:
        """Hand the conversation to humans; return whether there was something to close. Raises UnknownCid."""
        thread = thread_of_session(case, self.cid)
        session = thread.session
        if session is None or session.head is None or session.head.deadline > case.now:
            return Decision(NOTHING, False)
        record = _record(case, session, head=session.head)
        thread = bury(thread, fault="stale", attempts=session.head.attempt)
        return Decision(thread.change + Change(attempts=(record,)), True)


def _record(case: Case, session: Session, *, head: Head) -> Attempt:
    return Attempt(
        id=case.fresh.hex(),
        door="webhook",
        bot_id=session.bot_id,
        cid=session.cid,
        conversation_id=session.conversation_id,
        event_id=head.event_id,
        packet=head.packet,
        number=head.attempt,
        started_at=case.now,
        timings=Timings(),
        outcome="stale",
        reason=REASON,
    )
