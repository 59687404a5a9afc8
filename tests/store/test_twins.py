"""The store in memory and the one in a file do the same, whatever they are asked to do."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from frontdesk.actions.apply_answer import ApplyAnswer
from frontdesk.actions.click import Click
from frontdesk.actions.end_conversation import EndConversation
from frontdesk.actions.expire import Expire
from frontdesk.actions.fail_attempt import FailAttempt
from frontdesk.actions.keep_lane import ReclaimLane, ShowPatience
from frontdesk.actions.meet import Meet
from frontdesk.actions.open_panel import OpenPanel
from frontdesk.actions.ports import Command
from frontdesk.actions.say import Say
from frontdesk.actions.see import See
from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.bot_events import Abort, End, Forward, Request, Show
from frontdesk.core.change import Change, Remembered
from frontdesk.core.entries import Bubbles, Entry, Message
from frontdesk.core.ids import ContactId, Instant, MessageId, Seq
from frontdesk.core.session import Session
from frontdesk.store.memory import MemoryStore
from frontdesk.store.sqlite import SqliteStore
from tests.kit.making import ADA, WIDGET, Counted, PlainScribe
from tests.kit.office import PAGE, TIMEOUT, Clock, Office
from tests.store.doing import SETTINGS, Store, append, fail, look, put

CONTACTS = [ContactId(f"ct_{number}") for number in range(3)]
FAR = Instant(2**62)

contacts = st.sampled_from(CONTACTS)
message_ids = st.integers(0, 12).map(lambda number: MessageId(f"m{number}"))
requests = st.sampled_from(
    [
        (),
        (Show(content=Message(body="hi")),),
        (Show(content=Bubbles(body="Which?", options=("A", "B"))), Show(content=Message(body="?"))),
        (Forward(group="Sales"),),
        (Forward(group=77),),
        (End(),),
        (Abort(),),
    ]
)


def token(contact: ContactId) -> str:
    """Return the hash of a contact's token."""
    return f"token of {contact}"


@dataclass
class Twins:
    """Both stores, and what each told of its commits."""

    memory: Store
    sqlite: Store
    told: tuple[list[Change], list[Change]]
    records: int = 0

    async def run(self, commands: Sequence[Command[Any]]) -> None:
        """Run the commands in one batch on each; they must come to the same."""
        first, second = [
            await asyncio.gather(*(store.ledger.run(one) for one in commands), return_exceptions=True)
            for store in (self.memory, self.sqlite)
        ]
        assert [shown(one) for one in first] == [shown(one) for one in second]
        assert self.told[0] == self.told[1]

    @property
    def entries(self) -> list[Entry]:
        """All entries that were ever told of."""
        return [entry for change in self.told[0] for entry in change.entries]

    def heads(self) -> list[Session]:
        """Return the sessions with an event under way."""
        newest = {session.cid: session for change in self.told[0] for session in change.sessions}
        return [session for session in newest.values() if session.head is not None]

    def record(self, session: Session, *, at: Instant) -> Attempt:
        """Return a record for the delivery log."""
        self.records += 1
        return Attempt(
            id=f"{self.records:032x}",
            door="webhook",
            bot_id=session.bot_id,
            cid=session.cid,
            conversation_id=session.conversation_id,
            event_id=None,
            packet="message",
            number=1,
            started_at=at,
            timings=Timings(),
            outcome="ok",
        )


def shown(result: object) -> object:
    """Return a result as it is, and an error by its kind: the words of a database are its own."""
    return type(result) if isinstance(result, Exception) else result


async def everything(store: Store) -> dict[str, object]:
    """Return all that a reader can see."""
    seen: dict[str, object] = {"attempts": await store.reader.attempts(limit=1_000)}
    for contact in CONTACTS:
        seen[contact] = snapshot = await store.reader.snapshot(contact, has=None, limit=1_000)
        seen[f"{contact} by token"] = await store.reader.contact_by_token(WIDGET.id, token(contact))
        if snapshot is not None and snapshot.conversation is not None:
            newest = snapshot.conversation.id
            seen[newest] = await store.reader.history(newest, before=Seq(1_000), limit=5)
    seen["lanes"] = set(await store.reader.due_lanes(FAR, limit=1_000))
    seen["patience"] = set(await store.reader.due_patience(FAR, limit=1_000))
    seen["expiries"] = set(await store.reader.due_expiries(FAR, limit=1_000))
    return seen


class StoresAgree(RuleBasedStateMachine):
    """Collects commands and runs them, in batches, on both stores."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.temporary = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.batch: list[Command[Any]] = []
        self.twins = self.runner.run(self.opened())

    async def opened(self) -> Twins:
        memory = await MemoryStore.open(now=self.clock, fresh=Counted(), scribe=PlainScribe())
        folder = Path(self.temporary.name) / "data"
        sqlite = await SqliteStore.open(folder, now=self.clock, fresh=Counted(), scribe=PlainScribe())
        twins = Twins(memory=memory, sqlite=sqlite, told=([], []))
        memory.ledger.subscribe(twins.told[0].append)
        sqlite.ledger.subscribe(twins.told[1].append)
        await twins.run([put(SETTINGS)])
        await twins.run([Meet(contact_id=one, widget_id=WIDGET.id, token_sha256=token(one)) for one in CONTACTS])
        return twins

    @override
    def teardown(self) -> None:
        with self.temporary, self.runner:
            self.runner.run(self.twins.memory.close())
            self.runner.run(self.twins.sqlite.close())

    @rule(contact=contacts, message_id=message_ids)
    def opens(self, contact: ContactId, message_id: MessageId) -> None:
        self.batch.append(OpenPanel(contact_id=contact, message_id=message_id, mode="normal", page=PAGE))

    @rule(contact=contacts, message_id=message_ids)
    def says(self, contact: ContactId, message_id: MessageId) -> None:
        self.batch.append(Say(contact_id=contact, message_id=message_id, body=f"I say {message_id}", page=PAGE))

    @precondition(lambda self: self.twins.entries)
    @rule(contact=contacts, message_id=message_ids, option=st.integers(1, 3), data=st.data())
    def clicks(self, contact: ContactId, message_id: MessageId, *, option: int, data: st.DataObject) -> None:
        offer = data.draw(st.sampled_from(self.twins.entries))
        self.batch.append(
            Click(
                contact_id=contact,
                conversation_id=offer.conversation_id,
                message_id=message_id,
                seq=offer.seq,
                option=option,
            )
        )

    @precondition(lambda self: self.twins.entries)
    @rule(message_id=message_ids, spoils=st.booleans(), settles=st.booleans(), data=st.data())
    def appends(self, message_id: MessageId, *, spoils: bool, settles: bool, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.twins.entries))
        answers = entry.seq if settles else None
        self.batch.append(append(to=entry.conversation_id, message_id=message_id, answers=answers, spoils=spoils))

    @precondition(lambda self: self.twins.entries)
    @rule(message_id=message_ids, data=st.data())
    def ends(self, message_id: MessageId, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.twins.entries))
        self.batch.append(See(contact_id=entry.contact_id, conversation_id=entry.conversation_id, seq=entry.seq))
        self.batch.append(
            EndConversation(contact_id=entry.contact_id, conversation_id=entry.conversation_id, message_id=message_id)
        )

    @precondition(lambda self: self.twins.heads())
    @rule(asked=requests, context=st.sampled_from([None, b'{"a": 1}']), data=st.data())
    def bot_answers(self, asked: tuple[Request, ...], context: bytes | None, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(self.twins.heads()))
        assert session.head is not None
        self.batch.append(
            ApplyAnswer(
                cid=session.cid,
                event_id=session.head.event_id,
                attempt=session.head.attempt,
                events=Office.events(session.cid, *asked, context=context),
                record=self.twins.record(session, at=self.clock.now),
            )
        )

    @precondition(lambda self: self.twins.heads())
    @rule(passes=st.booleans(), data=st.data())
    def bot_fails(self, *, passes: bool, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(self.twins.heads()))
        assert session.head is not None
        self.batch.append(
            FailAttempt(
                cid=session.cid,
                event_id=session.head.event_id,
                attempt=session.head.attempt,
                failure=replace(TIMEOUT, fault="connect", received=False) if passes else TIMEOUT,
                record=self.twins.record(session, at=self.clock.now),
                chance=0.5,
            )
        )

    @rule()
    def fails(self) -> None:
        self.batch.append(fail())

    @rule(key=st.sampled_from("abc"))
    def remembers(self, key: str) -> None:
        answer = Remembered(bot_id=ADA.id, key=key, body_sha256="", status=200, answer=b"", at=self.clock.now)
        self.batch.append(put(Change(remembered=(answer,))))
        known = frozenset({(ADA.id, "a"), (ADA.id, key)})
        self.batch.append(look(lambda state: [state.remembered(*one) for one in sorted(known)], remembered=known))

    @rule(seconds=st.sampled_from([1, 30, 2_000, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)
        self.batch += [ShowPatience(cid=one.cid, event_id=one.head.event_id) for one in self.twins.heads() if one.head]
        self.batch += [ReclaimLane(cid=one.cid, as_of=self.clock.now) for one in self.twins.heads()]
        self.batch += [Expire(conversation_id=one) for one in {entry.conversation_id for entry in self.twins.entries}]

    @precondition(lambda self: not self.batch)
    @rule()
    def sweeps(self) -> None:
        stores = (self.twins.memory, self.twins.sqlite)
        first, second = [self.runner.run(store.broom.sweep(self.clock.now)) for store in stores]
        assert first == second

    @precondition(lambda self: self.batch)
    @rule()
    def commits(self) -> None:
        batch, self.batch = self.batch, []
        self.runner.run(self.twins.run(batch))

    @invariant()
    def both_show_the_same(self) -> None:
        if not self.batch:
            first, second = [self.runner.run(everything(one)) for one in (self.twins.memory, self.twins.sqlite)]
            assert first == second


TestStoresAgree = StoresAgree.TestCase
TestStoresAgree.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
