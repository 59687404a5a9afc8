"""The bot's answer to a webhook call takes effect, once."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.fail_attempt import held_lane, settle_failure
from frontdesk.actions.on_session import OnSession
from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.threads import log_of
from frontdesk.core.attempt import Attempt
from frontdesk.core.bot_events import BotEvent
from frontdesk.core.change import Change
from frontdesk.core.delivery import Failed
from frontdesk.core.ids import ConversationId, EventId, Seq
from frontdesk.core.lane import advance, settled
from frontdesk.core.refusals import Malformed, UnknownCid
from frontdesk.core.replacing import replace
from frontdesk.core.thread import Thread
from frontdesk.core.turn import take_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a bot's events came to."""

    #: Conversations of the events, in their order; one for a webhook's answer.
    conversation_ids: tuple[ConversationId, ...]
    seqs: tuple[Seq, ...] = ()
    #: Paths of events that had no effect: they follow a terminal one, or came too late.
    ignored: tuple[str, ...] = ()
    #: Seconds of typing indicator to show; 0 for none.
    typing_s: float = 0.0
    #: What the delivery log says of it: `ok`, `late`, or `invalid_event` where only the stored state could tell.
    outcome: str = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyAnswer(OnSession):
    """Apply the events and move the lane, in one commit fenced by event and attempt (guarantee D9, D10)."""

    event_id: EventId
    attempt: int
    events: tuple[BotEvent, ...]
    record: Attempt

    def decide(self, case: Case) -> Decision[Applied]:
        """Return the entries made. Raises Fenced where another attempt holds the lane.

        An answer that the stored state makes invalid (a group that is not there) counts as the bot's fault, and an
        answer to a session that is over has no effect and is logged as `late`.
        """
        thread = held_lane(case, self.cid, event_id=self.event_id, attempt=self.attempt, record=self.record)
        log = log_of(case, thread)
        if thread.session is None:
            raise UnknownCid
        if not thread.in_charge:
            return self._late(thread, case)
        try:
            turned = take_turn(thread, self.events)
        except Malformed as refusal:
            failure = Failed(fault="invalid_event", received=True, reason=refusal.detail, path=refusal.path)
            record = replace(self.record, outcome="invalid_event", reason=refusal.detail, path=refusal.path)
            failed = settle_failure(case, thread, failure=failure, record=record, chance=0.0)
            applied = Applied(conversation_ids=(thread.conversation.id,), outcome=record.outcome)
            return Decision(failed.change, applied)
        session = turned.thread.session or thread.session
        after = advance(replace(turned.thread, session=settled(session)), log=log)
        record = self.record
        if turned.ignored:
            record = replace(record, ignored=(*record.ignored, *turned.ignored))
        applied = Applied(
            conversation_ids=(thread.conversation.id,),
            seqs=turned.seqs,
            ignored=turned.ignored,
            typing_s=turned.typing_s,
        )
        return Decision(after.change + Change(attempts=(record,)), applied)

    def _late(self, thread: Thread, case: Case) -> Decision[Applied]:
        if thread.session is None:
            raise UnknownCid
        log = log_of(case, thread)
        after = advance(replace(thread, session=settled(thread.session)), log=log)
        paths = tuple(event.path for event in self.events)
        outcome = "late" if self.events else self.record.outcome
        record = replace(self.record, outcome=outcome, ignored=(*self.record.ignored, *paths))
        applied = Applied(conversation_ids=(thread.conversation.id,), ignored=paths, outcome=outcome)
        return Decision(after.change + Change(attempts=(record,)), applied)
