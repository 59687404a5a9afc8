"""A bot calls the platform of its own accord."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from frontdesk.actions.apply_answer import Applied
from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.actions.threads import log_of, thread_of_session
from frontdesk.core.attempt import Attempt
from frontdesk.core.bot_events import BotEvent
from frontdesk.core.change import NOTHING, Change, Remembered
from frontdesk.core.ids import BotId, Cid, Seq
from frontdesk.core.lane import advance
from frontdesk.core.rate import admit, remaining
from frontdesk.core.refusals import KeyReused, Refusal, SessionExpired, SessionOver, TooManyCalls, UnknownCid
from frontdesk.core.replacing import replace
from frontdesk.core.thread import Thread
from frontdesk.core.turn import take_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The answer to an API call."""

    applied: Applied
    #: How many more calls each of the cids may make now; the smallest of them.
    remaining: int
    #: The first answer's bytes, where this call repeats one with its Idempotency-Key.
    repeated: Remembered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallApi:
    """Apply the events of one request: checked whole, counted, remembered under its key (bot protocol, «The API URL»)."""

    bot_id: BotId
    events: tuple[BotEvent, ...]
    record: Attempt
    #: The Idempotency-Key, or None.
    key: str | None
    body_sha256: str
    #: Writes the answer that a repeated call gets again.
    answer: Callable[[Applied], bytes]

    @property
    def footprint(self) -> Footprint:
        """The sessions named, and the answer remembered."""
        remembered = frozenset({(self.bot_id, self.key)}) if self.key else frozenset()
        return Footprint(sessions=frozenset(event.cid for event in self.events), remembered=remembered)

    def decide(self, case: Case) -> Decision[Called]:
        """Return what was applied.

        Raises UnknownCid, SessionOver, SessionExpired, TooManyCalls, KeyReused or Malformed. A refused call counts
        against the rate of the sessions it names, and is logged; one over the rate is not counted.
        """
        before = case.state.remembered(self.bot_id, self.key) if self.key else None
        if before is not None:
            if before.body_sha256 != self.body_sha256:
                raise KeyReused
            return Decision(NOTHING, Called(applied=Applied(conversation_ids=()), remaining=0, repeated=before))
        threads = {cid: self._counted(case, cid) for cid in dict.fromkeys(event.cid for event in self.events)}
        try:
            return self._applied(case, threads)
        except Refusal as refusal:
            outcome = "late" if isinstance(refusal, SessionOver | SessionExpired) else "refused"
            record = replace(self.record, outcome=outcome, reason=refusal.detail, path=refusal.path)
            counted = tuple(thread.session for thread in threads.values() if thread.session)
            refusal.change += Change(sessions=counted, attempts=(self._named(record, threads),))
            raise

    def _counted(self, case: Case, cid: Cid) -> Thread:
        session = case.state.session(cid)
        if session is None or session.bot_id != self.bot_id:
            raise UnknownCid
        try:
            calls = admit(session.calls, now=case.now)
        except TooManyCalls as refusal:
            record = replace(
                self.record,
                cid=cid,
                conversation_id=session.conversation_id,
                outcome="throttled",
                reason=refusal.detail,
            )
            refusal.change += Change(attempts=(record,))
            raise
        thread = thread_of_session(case, cid)
        return replace(thread, session=replace(session, calls=calls))

    def _applied(self, case: Case, threads: dict[Cid, Thread]) -> Decision[Called]:
        seqs: list[Seq] = []
        ignored: list[str] = []
        typing_s = 0.0
        for cid, group in groupby(self.events, key=lambda event: event.cid):
            thread = threads[cid]
            # An earlier run of this request ended the session: what follows for it is ignored, as in an answer.
            if thread.entries and not thread.in_charge:
                ignored.extend(event.path for event in group)
                continue
            _require_charge(thread)
            turned = take_turn(thread, tuple(group))
            seqs.extend(turned.seqs)
            ignored.extend(turned.ignored)
            typing_s = turned.typing_s
            threads[cid] = turned.thread
        change = NOTHING
        for thread in threads.values():
            change += advance(thread, log=log_of(case, thread)).change
        applied = Applied(
            conversation_ids=tuple(thread.conversation.id for thread in threads.values()),
            seqs=tuple(seqs),
            ignored=tuple(ignored),
            typing_s=typing_s,
        )
        record = self._named(replace(self.record, ignored=(*self.record.ignored, *ignored)), threads)
        # A call without events has its key to be remembered, and no session whose log it belongs to.
        change += Change(attempts=(record,) if threads else (), remembered=self._remember(case, applied))
        left = min((remaining(one.session.calls, now=case.now) for one in threads.values() if one.session), default=0)
        return Decision(change, Called(applied=applied, remaining=left))

    def _remember(self, case: Case, applied: Applied) -> tuple[Remembered, ...]:
        if self.key is None:
            return ()
        remembered = Remembered(
            bot_id=self.bot_id,
            key=self.key,
            body_sha256=self.body_sha256,
            status=200,
            answer=self.answer(applied),
            at=case.now,
        )
        return (remembered,)

    @staticmethod
    def _named(record: Attempt, threads: dict[Cid, Thread]) -> Attempt:
        for cid, thread in threads.items():
            return replace(record, cid=cid, conversation_id=thread.conversation.id)
        return record


def _require_charge(thread: Thread) -> None:
    if thread.in_charge:
        return
    if thread.session is not None and thread.session.closed is not None and thread.session.closed.reason == "expired":
        raise SessionExpired
    raise SessionOver
