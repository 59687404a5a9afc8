"""What a durable message costs on SQLite and on PostgreSQL: alone, and together with those of others."""

from __future__ import annotations

import asyncio
import resource
import secrets
import time
from contextlib import AsyncExitStack
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
from frontdesk.app import Store
from frontdesk.core.change import Change
from frontdesk.core.conversation import Page
from frontdesk.core.entries import ByContact, Entry, Message
from frontdesk.core.ids import ContactId, GroupId, MessageId, Seq, WidgetId
from frontdesk.core.people import Widget
from frontdesk.store.postgres import PostgresStore
from frontdesk.store.sqlite import SqliteStore
from frontdesk.wire.webhook import WireScribe
from tests.kit.postgres import cluster

CALLERS = 128
MESSAGES_EACH = 80
ALONE = 600
BY_CONTACT = ByContact()

HOW = "The ledger alone, without sockets and bots: each change appends one entry; CPU of this process, not the database's."


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


async def furnished(store: Store) -> list[ContactId]:
    """Add a widget, and contacts who wait for an operator."""
    await store.ledger.run(AddGroup(name="Support"))
    groups = (GroupId(1),)
    await store.ledger.run(AddWidget(widget=Widget(id=WidgetId(0), key="wk_bench", name="Bench", groups=groups)))
    contacts = [ContactId(f"ct_{secrets.token_hex(16)}") for _ in range(CALLERS)]
    for contact in contacts:
        await store.ledger.run(Meet(contact_id=contact, widget_id=WidgetId(1), token_sha256=secrets.token_hex(32)))
        await store.ledger.run(
            Say(contact_id=contact, message_id=MessageId("0"), body="hello", page=Page(url="https://shop.example/"))
        )
    return contacts


async def send(store: Store, contact: ContactId, *, count: int) -> list[float]:
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


async def measure(store: Store, contacts: list[ContactId], *, count: int, title: str) -> tuple[str, ...]:
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
    """Measure one caller, then many, on each store in turn."""
    rows = []
    async with AsyncExitStack() as stack:
        server = stack.enter_context(cluster(memory=False))
        sqlite = await SqliteStore.open(folder / "data", now=now, fresh=Random(), scribe=WireScribe())
        stack.push_async_callback(sqlite.close)
        address = await server.empty()
        postgres = await PostgresStore.open(address, now=now, fresh=Random(), scribe=WireScribe())
        stack.push_async_callback(postgres.close)
        stores: dict[str, Store] = {"sqlite": sqlite, "postgres": postgres}
        contacts = {name: await furnished(store) for name, store in stores.items()}
        for callers, count in ((1, ALONE), (32, 4 * MESSAGES_EACH), (CALLERS, MESSAGES_EACH)):
            for name, store in stores.items():
                title = f"{name}, {callers} at once"
                sent = 8 if quick else count
                rows.append(await measure(store, contacts[name][:callers], count=sent, title=title))
    columns = ("callers", "CPU µs a change", "changes/s", "p50 ms", "p99 ms")
    return Result(name="store_commit", columns=columns, rows=tuple(rows), how=HOW)
