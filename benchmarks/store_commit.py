"""What a durable message costs on SQLite: alone, and together with those of 127 other contacts."""

from __future__ import annotations

import asyncio
import resource
import secrets
import time
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from benchmarks.processes import Random, now
from benchmarks.results import Result
from benchmarks.windows import percentile
from frontdesk.actions.configure import AddGroup, AddWidget
from frontdesk.actions.meet import Meet
from frontdesk.actions.ports import Case, Command, Decision, Footprint
from frontdesk.actions.say import Say
from frontdesk.core.change import Change
from frontdesk.core.conversation import Page
from frontdesk.core.entries import ByContact, Entry, Message
from frontdesk.core.ids import ContactId, GroupId, MessageId, Seq, WidgetId
from frontdesk.core.people import Widget
from frontdesk.store.sqlite import SqliteStore
from frontdesk.wire.webhook import WireScribe

CALLERS = 128
MESSAGES_EACH = 80
ALONE = 1_000
BY_CONTACT = ByContact()

HOW = "The ledger alone, without sockets and bots: each change appends one entry, in this process."


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """The least that a change can be: one more entry in a conversation."""

    contact_id: ContactId
    message_id: MessageId
    footprint: Footprint = field(init=False)

    def __post_init__(self) -> None:
        footprint = Footprint(
            contacts=frozenset({self.contact_id}), messages=frozenset({(self.contact_id, self.message_id)})
        )
        object.__setattr__(self, "footprint", footprint)

    def decide(self, case: Case) -> Decision[Seq]:
        """Add the entry."""
        contact = case.state.contact(self.contact_id)
        conversation = case.state.conversation(contact.conversation_id) if contact and contact.conversation_id else None
        if conversation is None or case.state.sent(self.contact_id, self.message_id):
            raise LookupError("the benchmark's contact has no conversation, or sent this before")
        seq = Seq(conversation.last_seq + 1)
        entry = Entry(
            conversation_id=conversation.id,
            contact_id=self.contact_id,
            seq=seq,
            at=case.now,
            author=BY_CONTACT,
            content=Message(body="Where is my order? It should have been here on Tuesday."),
            message_id=self.message_id,
        )
        changed = replace(conversation, last_seq=seq, active_at=case.now)
        return Decision(Change(conversations=(changed,), entries=(entry,)), seq)


async def furnished(folder: Path) -> tuple[SqliteStore, list[ContactId]]:
    """Return a store with a widget, and contacts who wait for an operator."""
    store = await SqliteStore.open(folder, now=now, fresh=Random(), scribe=WireScribe())
    await store.ledger.run(AddGroup(name="Support"))
    groups = (GroupId(1),)
    await store.ledger.run(AddWidget(widget=Widget(id=WidgetId(0), key="wk_bench", name="Bench", groups=groups)))
    contacts = [ContactId(f"ct_{secrets.token_hex(16)}") for _ in range(CALLERS)]
    for contact in contacts:
        await store.ledger.run(Meet(contact_id=contact, widget_id=WidgetId(1), token_sha256=secrets.token_hex(32)))
        await store.ledger.run(
            Say(contact_id=contact, message_id=MessageId("0"), body="hello", page=Page(url="https://shop.example/"))
        )
    return store, contacts


async def send(store: SqliteStore, contact: ContactId, *, count: int) -> list[float]:
    """Append messages one after another; return the seconds that each took."""
    took = []
    for _ in range(count):
        command: Command[Seq] = Append(contact_id=contact, message_id=MessageId(secrets.token_hex(16)))
        began = time.perf_counter()
        await store.ledger.run(command)
        took.append(time.perf_counter() - began)
    return took


def cpu() -> float:
    """Return the processor seconds of this process, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure(store: SqliteStore, contacts: list[ContactId], *, count: int, title: str) -> tuple[str, ...]:
    """Return what a change costs with these callers at once."""
    used, began = cpu(), time.perf_counter()
    took = sorted(chain.from_iterable(await asyncio.gather(*(send(store, one, count=count) for one in contacts))))
    changes, seconds = len(took), time.perf_counter() - began
    return (
        title,
        f"{(cpu() - used) / changes * 1e6:.1f}",
        f"{changes / seconds:.0f}",
        f"{percentile(took, 50) * 1e3:.2f}",
        f"{percentile(took, 99) * 1e3:.2f}",
    )


async def run(folder: Path, *, quick: bool) -> Result:
    """Measure one caller, then many."""
    store, contacts = await furnished(folder / "data")
    try:
        alone = await measure(store, contacts[:1], count=100 if quick else ALONE, title="alone")
        many = await measure(store, contacts, count=8 if quick else MESSAGES_EACH, title=f"{CALLERS} at once")
    finally:
        await store.close()
    columns = ("callers", "CPU µs a change", "changes/s", "p50 ms", "p99 ms")
    return Result(name="store_commit", columns=columns, rows=(alone, many), how=HOW)
