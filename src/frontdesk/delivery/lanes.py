"""Carries out the attempts that commits have claimed, and brings their outcomes back into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from frontdesk.actions.apply_answer import ApplyAnswer
from frontdesk.actions.dead_letter import DeadLetter
from frontdesk.actions.fail_attempt import FailAttempt
from frontdesk.actions.keep_lane import ReclaimLane, ReleaseLane
from frontdesk.actions.ports import Command, Ledger, Reader, StoreUnavailable
from frontdesk.core.attempt import Attempt
from frontdesk.core.bot_events import BotEvent
from frontdesk.core.change import Change
from frontdesk.core.delivery import Answered, Failed
from frontdesk.core.ids import Cid, EventId, Instant
from frontdesk.core.people import Bot
from frontdesk.core.refusals import Fenced, Refusal
from frontdesk.core.replacing import replace
from frontdesk.core.session import Head, Session
from frontdesk.delivery.bulkhead import Bulkhead
from frontdesk.delivery.circuit import Circuits
from frontdesk.delivery.dots import Dots, Signals
from frontdesk.delivery.faults import needs_attention, trace_of
from frontdesk.delivery.post import Call, Exchange
from frontdesk.failpoints import failpoint

R = TypeVar("R")

SWEEP_S = 1.0
#: Lanes claimed in one sweep.
BATCH = 100
#: Seconds that attempts under way may take once the server stops.
STOP_S = 10.0
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
#: Times that our own code may fail at an answer in hand.
_TRIES = 3


class Posts(Protocol):
    """Makes one attempt."""

    async def post(self, call: Call) -> Exchange:
        """Send the head's bytes once; return how it went by its deadline."""
        ...


class Decode(Protocol):
    """Reads a bot's answer."""

    def __call__(
        self, body: bytes, content_type: str, cid: Cid
    ) -> tuple[tuple[BotEvent, ...], tuple[str, ...]] | Failed:
        """Return the events and the paths that were ignored, or why the answer is refused."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What lanes take from outside the rules: the wall clock, waiting in seconds, chance in 0 … 1."""

    now: Callable[[], Instant]
    chance: Callable[[], float]
    #: This process, among those that share the store.
    holder: str
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


class Lanes:
    """One task for each head that this process, `holder`, has claimed.

    Subscribe `committed` to the ledger and `recover()` before anybody else can claim a lane; then run `run()` for as
    long as the server lives, and `stop()` at its end.
    """

    def __init__(
        self, ledger: Ledger, reader: Reader, *, posts: Posts, decode: Decode, signals: Signals, outside: Outside
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._posts = posts
        self._decode = decode
        self._signals = signals
        self._outside = outside
        self._log = structlog.get_logger("frontdesk.delivery")
        self._bulkhead = Bulkhead()
        self._circuits = Circuits(ledger, reader, now=outside.now)
        self._dots = Dots(signals, now=outside.now, pause=outside.pause)
        #: The newest attempt started here for each lane, so that a second save of the same head starts nothing.
        self._claims: dict[Cid, tuple[EventId, int]] = {}
        #: Each task, and whether it has begun to post.
        self._tasks: dict[asyncio.Task[None], bool] = {}
        #: Lanes whose bot is being called, and those whose call was cut off by the end of this process.
        self._posting: set[Cid] = set()
        self._cut: set[Cid] = set()
        self._stopping = False

    @property
    def calls(self) -> int:
        """How many bots are being called."""
        return len(self._posting)

    def committed(self, change: Change) -> None:
        """Start an attempt for every head in the change that is this process's and not under way yet."""
        for session in {one.cid: one for one in change.sessions}.values():
            if session.head is None or session.head.holder != self._outside.holder:
                self._claims.pop(session.cid, None)
            elif self._claims.get(session.cid) != (session.head.event_id, session.head.attempt):
                self._claims[session.cid] = (session.head.event_id, session.head.attempt)
                if self._stopping:
                    continue
                task = asyncio.create_task(self._attend(session, session.head))
                self._tasks[task] = False
                task.add_done_callback(self._ended)

    async def run(self) -> None:
        """Claim dead lanes every second until `stop()`; what a dead server left behind is `recover`'s."""
        while not self._stopping:
            await self._outside.pause(SWEEP_S)
            await self._guarded(self.sweep())

    async def recover(self) -> None:
        """Claim every lane whose holder is dead: with one process on the store, all that have a head at its start."""
        now = self._outside.now()
        seen: set[Cid] = set()
        while True:
            found = await self._reader.orphans(limit=len(seen) + BATCH)
            new = [(cid, holder) for cid, holder in found if cid not in seen]
            if not new:
                return
            seen.update(cid for cid, _ in new)
            await self._reclaim([ReclaimLane(cid=cid, as_of=now, dead=holder) for cid, holder in new])

    async def sweep(self) -> None:
        """Claim lanes whose lease ran out, and those of processes that died."""
        now = self._outside.now()
        due = await self._reader.due_lanes(now, limit=BATCH)
        await self._reclaim([ReclaimLane(cid=cid, as_of=now) for cid in due])
        await self.recover()

    async def stop(self) -> None:
        """Begin nothing new; let attempts under way finish for up to 10 seconds."""
        self._stopping = True
        for task in [task for task, posting in self._tasks.items() if not posting]:
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=STOP_S)
        left = list(self._tasks)
        self._cut = set(self._posting)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._dots.stop()

    async def release(self) -> None:
        """Give back what is held here still, after `stop` and after the last commit that could claim a lane."""
        held = [
            ReleaseLane(cid=cid, event_id=event_id, attempt=attempt, begun=cid in self._cut)
            for cid, (event_id, attempt) in self._claims.items()
        ]
        done = await asyncio.gather(*(self._ledger.run(one) for one in held), return_exceptions=True)
        for one, error in zip(held, done, strict=True):
            if error is not None:
                self._log.warning("lane.not_released", cid=one.cid, error=repr(error))
        self._log.info("lanes.released", lanes=len(held), cut=len(self._cut))

    async def _reclaim(self, commands: Sequence[ReclaimLane]) -> None:
        done = await asyncio.gather(*(self._ledger.run(one) for one in commands), return_exceptions=True)
        for command, error in zip(commands, done, strict=True):
            if isinstance(error, BaseException):
                self._log.warning("lane.not_reclaimed", cid=command.cid, error=repr(error))

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # noqa: BLE001 (the next sweep comes in a second)
            self._log.exception("lanes.sweep_failed")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Refusal):
            outcome = "fenced" if isinstance(error, Fenced) else "refused"
            self._log.info("delivery.without_effect", outcome=outcome, reason=error.detail)
        elif error is not None:
            self._log.error("delivery.crashed", exc_info=error)

    async def _attend(self, session: Session, head: Head) -> None:
        """Make one attempt when it is due, and apply what came of it."""
        await self._until(head.attempt_at)
        bot = self._reader.directory().bots[session.bot_id]
        self._dots.expect(session, head)
        typing_s: float | None = 0.0
        try:
            exchange = await self._posted(
                Call(bot=bot, cid=session.cid, conversation_id=session.conversation_id, head=head)
            )
            typing_s = await self._settle(exchange, session=session, head=head)
        finally:
            self._dots.forget(head)
            if typing_s is not None:
                self._signals.typing(session.conversation_id, typing_s)

    async def _posted(self, call: Call) -> Exchange:
        if not self._bulkhead.take_free(call.bot):
            left_s = (call.head.deadline - self._outside.now()) / 1000
            try:
                async with asyncio.timeout(left_s):
                    await self._bulkhead.take(call.bot)
            except TimeoutError:
                # Without a place: no time is left, so this only writes the record.
                return await self._posts.post(call)
        try:
            task = asyncio.current_task()
            if task is not None:
                self._tasks[task] = True
            self._posting.add(call.cid)
            exchange = await self._posts.post(call)
            self._learn(call.bot, exchange)
            return exchange
        finally:
            self._posting.discard(call.cid)
            self._bulkhead.give_back(call.bot)

    def _learn(self, bot: Bot, exchange: Exchange) -> None:
        if exchange.record.outcome == "throttled":
            self._bulkhead.throttled(bot, started_at=exchange.record.started_at, now=self._outside.now())
        else:
            self._bulkhead.answered(bot)

    async def _settle(self, exchange: Exchange, *, session: Session, head: Head) -> float | None:
        """Apply the outcome; return the seconds of typing to show next, or None to leave the dots as they are."""
        record, outcome = exchange.record, exchange.outcome
        if isinstance(outcome, Failed):
            return await self._fail(session, head, failure=outcome, record=record, bug=exchange.bug)
        bug: Exception | None = None
        # The bot has acted, so it is not called again for a fault of ours: its answer is tried again (guarantee D13).
        for _ in range(_TRIES):
            try:
                return await self._take(outcome, session=session, head=head, record=record)
            except (Refusal, StoreUnavailable):
                raise
            except Exception as error:  # noqa: BLE001 (a poisoned event must not hold its lane for ever)
                bug = error
                self._log.error("delivery.poisoned", event_id=head.event_id, bot_id=session.bot_id, at=trace_of(error))
                await self._outside.pause(_FIRST_PAUSE_S)
        poisoned = replace(record, outcome="internal", reason="" if bug is None else trace_of(bug))
        failure = Failed(fault="internal", received=True, reason=poisoned.reason)
        return await self._fail(session, head, failure=failure, record=poisoned)

    async def _take(self, answer: Answered, *, session: Session, head: Head, record: Attempt) -> float | None:
        decoded = self._decode(answer.body, answer.content_type, session.cid)
        if not isinstance(decoded, Failed):
            return await self._apply(session, head, answer=decoded, record=record)
        refused = replace(record, outcome=decoded.fault, reason=decoded.reason, path=decoded.path)
        return await self._fail(session, head, failure=decoded, record=refused)

    async def _apply(
        self, session: Session, head: Head, *, answer: tuple[tuple[BotEvent, ...], tuple[str, ...]], record: Attempt
    ) -> float:
        events, ignored = answer
        if ignored:
            record = replace(record, ignored=ignored)
        applied = await self._commit(
            ApplyAnswer(cid=session.cid, event_id=head.event_id, attempt=head.attempt, events=events, record=record),
            head=head,
        )
        self._tell(record, seqs=len(applied.seqs))
        if applied.outcome == "invalid_event":
            await self._circuits.failed(record.bot_id, fault=applied.outcome, started_at=record.started_at)
        else:
            await self._circuits.answered(record.bot_id)
        return applied.typing_s

    async def _fail(
        self, session: Session, head: Head, *, failure: Failed, record: Attempt, bug: Exception | None = None
    ) -> float | None:
        command = FailAttempt(
            cid=session.cid,
            event_id=head.event_id,
            attempt=head.attempt,
            failure=failure,
            record=record,
            chance=self._outside.chance(),
        )
        again_at = await self._commit_or_bury(command, head=head)
        self._tell(record, received=failure.received, again_at=again_at, exc_info=bug)
        if needs_attention(failure):
            self._log.warning("bot.needs_attention", bot_id=record.bot_id, fault=failure.fault, status=failure.status)
        # An attempt that never got a place says nothing about the bot.
        if failure.fault != "timeout" or record.timings.connected is not None:
            await self._circuits.failed(record.bot_id, fault=failure.fault, started_at=record.started_at)
        return 0.0 if again_at is None else None

    async def _commit_or_bury(self, command: FailAttempt, *, head: Head) -> Instant | None:
        try:
            return await self._commit(command, head=head)
        except (Refusal, StoreUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 (even falling back fails; the lane must go on without this event)
            record = replace(command.record, outcome="internal", reason=trace_of(error))
            self._log.error("delivery.buried", event_id=head.event_id, bot_id=record.bot_id, at=record.reason)
            bury = DeadLetter(cid=command.cid, event_id=head.event_id, attempt=head.attempt, record=record)
            await self._commit(bury, head=head)
            return None

    async def _commit(self, command: Command[R], *, head: Head) -> R:
        """Save the outcome; a store that is away is asked again until the lease ends, for the answer is in hand."""
        pause_s = _FIRST_PAUSE_S
        while True:
            failpoint("hook.before_commit")
            try:
                result = await self._ledger.run(command)
            except StoreUnavailable:
                if self._outside.now() + pause_s * 1000 >= head.lease_until:
                    raise
                await self._outside.pause(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            else:
                failpoint("hook.after_commit")
                return result

    async def _until(self, at: Instant) -> None:
        left_ms = at - self._outside.now()
        if left_ms > 0:
            await self._outside.pause(left_ms / 1000)

    def _tell(self, record: Attempt, **facts: object) -> None:
        timings = record.timings
        self._log.info(
            "delivery.attempted",
            attempt_id=record.id,
            bot_id=record.bot_id,
            conversation_id=record.conversation_id,
            event_id=record.event_id,
            packet=record.packet,
            number=record.number,
            outcome=record.outcome,
            status=record.status,
            path=record.path,
            ignored=len(record.ignored),
            dns_ms=timings.dns,
            connected_ms=timings.connected,
            sent_ms=timings.sent,
            headers_ms=timings.headers,
            total_ms=timings.total,
            **{name: fact for name, fact in facts.items() if fact is not None},
        )
