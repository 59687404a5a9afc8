"""What a durable message costs on SQLite and on PostgreSQL: alone, and together with those of others."""

from __future__ import annotations

import asyncio
import resource
import secrets
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import uvloop

from frontdesk.actions.configure import AddGroup, AddWidget
from frontdesk.actions.meet import Meet
from frontdesk.actions.ports import Case, Command, Decision, Footprint
from frontdesk.actions.say import Say
from frontdesk.app import Store
from frontdesk.core.change import Change
from frontdesk.core.conversation import Page
from frontdesk.core.entries import ByContact, Entry, Message
from frontdesk.core.ids import ContactId, GroupId, Instant, MessageId, Seq, WidgetId
from frontdesk.core.people import Widget
from frontdesk.store.postgres import PostgresStore
from frontdesk.store.sqlite import SqliteStore
from frontdesk.wire.webhook import WireScribe
from tests.kit.postgres import cluster

CALLERS = 128
MESSAGES_EACH = 80
ALONE = 600
ROUNDS = 2
BY_CONTACT = ByContact()


class Random:
    """Random ids."""

    def hex(self) -> str:
        """Return 128 random bits."""
        return secrets.token_hex(16)


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


def now() -> Instant:
    """Return the time."""
    return Instant(time.time_ns() // 1_000_000)


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


async def measure(store: Store, contacts: list[ContactId], *, count: int, title: str) -> None:
    """Print what a change costs with these callers at once."""
    used, began = cpu(), time.perf_counter()
    took = sorted(chain.from_iterable(await asyncio.gather(*(send(store, one, count=count) for one in contacts))))
    changes, seconds = len(took), time.perf_counter() - began
    print(
        f"store_commit  {title:22}  {(cpu() - used) / changes * 1e6:7.1f} µs CPU a change  "
        f"{changes / seconds:8.0f} changes/s  p50 {took[changes // 2] * 1e3:6.2f} ms  p99 {took[changes * 99 // 100] * 1e3:6.2f} ms"
    )


async def compare(stores: dict[str, Store]) -> None:
    """Measure one caller, then many, on each store in turn."""
    contacts = {name: await furnished(store) for name, store in stores.items()}
    for _ in range(ROUNDS):
        for callers, count in ((1, ALONE), (32, 4 * MESSAGES_EACH), (CALLERS, MESSAGES_EACH)):
            for name, store in stores.items():
                await measure(store, contacts[name][:callers], count=count, title=f"{name}, {callers} at once")


async def run() -> None:
    """Open both stores, and close them at the end. The figures are of this process, without the database's own."""
    outside = {"now": now, "fresh": Random(), "scribe": WireScribe()}
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="frontdesk-bench-"))
        server = stack.enter_context(cluster(memory=False))
        sqlite = await SqliteStore.open(Path(folder) / "data", **outside)
        stack.push_async_callback(sqlite.close)
        postgres = await PostgresStore.open(await server.empty(), **outside)
        stack.push_async_callback(postgres.close)
        await compare({"sqlite": sqlite, "postgres": postgres})


def main() -> None:
    """Run the benchmark."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
