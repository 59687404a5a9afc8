"""The last resort for an event that our own code fails at again and again (guarantee D13)."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.fail_attempt import held_lane
from frontdesk.actions.on_session import OnSession
from frontdesk.actions.ports import Case, Decision
from frontdesk.core.attempt import Attempt
from frontdesk.core.change import Change
from frontdesk.core.ids import EventId
from frontdesk.core.sessions import bury


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter(OnSession):
    """Take the event out of its lane and hand the conversation to humans, touching as little as can be.

    `FailAttempt` does the same and goes on with what waits; this is for when that fails too.
    """

    event_id: EventId
    attempt: int
    record: Attempt

    def decide(self, case: Case) -> Decision[None]:
        """Save it. Raises Fenced where another attempt holds the lane."""
        thread = held_lane(case, self.cid, event_id=self.event_id, attempt=self.attempt, record=self.record)
        after = bury(thread, fault="internal", attempts=self.attempt)
        return Decision(after.change + Change(attempts=(self.record,)), None)
