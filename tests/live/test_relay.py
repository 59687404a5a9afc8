"""What one process commits reaches the sockets of another, by each kind of wire, and by none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from frontdesk.core.change import Change
from frontdesk.core.ids import ContactId, ConversationId, Seq
from frontdesk.live.hub import Hub, Listener
from frontdesk.live.outbound import Outbound
from frontdesk.live.relay import MAX_HINT, Relay, Wire
from frontdesk.store.memory import MemoryStore
from frontdesk.store.postgres.watch import Watch
from frontdesk.store.shelves import Shelves
from frontdesk.store.wires import MemoryWire, Silent
from tests.kit.making import CONTACT, NOON, Counted, PlainScribe
from tests.kit.postgres import Cluster
from tests.store.doing import BEGUN, CV, ENDED, SETTINGS, append, conversation, put


@dataclass
class Process:
    """One process: its store over shared records, its hub, and its end of the wire."""

    store: MemoryStore
    hub: Hub
    relay: Relay
    wire: Wire
    hints: list[str]

    async def tab(self) -> Outbound:
        """Open a socket of the contact here."""
        outbound = Outbound()
        listener = Listener(contact_id=CONTACT.id, outbound=outbound)
        self.hub.join(listener)
        snapshot = await self.store.reader.snapshot(CONTACT.id, has=None, limit=100)
        newest = snapshot.conversation if snapshot else None
        assert newest is not None
        self.hub.follow(CONTACT.id, newest.id)
        self.hub.release(listener, conversation_id=newest.id, last_seq=newest.last_seq)
        return outbound


async def frame(outbound: Outbound) -> dict[str, Any]:
    async with asyncio.timeout(5):
        text = await outbound.get()
    shown: dict[str, Any] = json.loads(text or "{}")
    return shown


async def seqs(outbound: Outbound, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        shown = await frame(outbound)
        found += [entry["seq"] for entry in shown.get("entries", [])]
    return found


def process(shelves: Shelves, wire: Wire, *, start: int) -> Process:
    ids = Counted(iter(range(start, start + 1_000)))
    store = MemoryStore(shelves, now=lambda: NOON, fresh=ids, scribe=PlainScribe())
    hub = Hub(store.reader)
    relay = Relay(hub, store.reader, wire=wire, sender=store.holder, pause=lambda _: asyncio.sleep(0.02))
    store.ledger.subscribe(hub.committed)
    store.ledger.subscribe(relay.committed)
    hints: list[str] = []
    wire.hear(hints.append)
    return Process(store=store, hub=hub, relay=relay, wire=wire, hints=hints)


@asynccontextmanager
async def watching(url: str) -> AsyncIterator[Watch]:
    async def nothing_changed() -> None:
        return

    watch = Watch(url)
    await watch.start(nothing_changed)
    try:
        yield watch
    finally:
        await watch.stop()


@pytest.fixture(params=["memory", "postgres", "off"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes on the same records; with the wire off, both look by themselves."""
    async with AsyncExitStack() as stack:
        wires: list[Wire]
        if request.param == "postgres":
            cluster: Cluster = request.getfixturevalue("postgres")
            wires = [await stack.enter_async_context(watching(cluster.url())) for _ in range(2)]
        elif request.param == "memory":
            wires = [MemoryWire()] * 2
        else:
            wires = [Silent()] * 2
        shelves = Shelves()
        one, other = (process(shelves, wire, start=start) for wire, start in zip(wires, (1, 5_000), strict=True))
        await one.store.ledger.run(put(SETTINGS))
        await one.store.ledger.run(put(BEGUN))
        looking = [asyncio.create_task(each.relay.run()) for each in (one, other)] if request.param == "off" else []
        yield one, other
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
        for each in (one, other):
            await each.relay.stop()
            await each.hub.stop()


@pytest.mark.guarantee("D12")
async def test_entries_of_one_process_reach_the_sockets_of_another(pair: tuple[Process, Process]) -> None:
    one, other = pair
    here, there = await one.tab(), await other.tab()

    for number in range(5):
        await one.store.ledger.run(append(str(number)))

    assert await seqs(here, 5) == [1, 2, 3, 4, 5]
    assert await seqs(there, 5) == [1, 2, 3, 4, 5]


@pytest.mark.guarantee("D4")
async def test_entries_of_two_processes_arrive_in_their_order(pair: tuple[Process, Process]) -> None:
    one, other = pair
    here, there = await one.tab(), await other.tab()

    for number in range(20):
        await (one, other)[number % 2].store.ledger.run(append(str(number)))

    assert await seqs(here, 20) == list(range(1, 21))
    assert await seqs(there, 20) == list(range(1, 21))


async def test_a_conversation_that_another_process_began_follows_the_end_of_the_one_before(
    pair: tuple[Process, Process],
) -> None:
    one, other = pair
    there = await other.tab()
    begun = conversation(2)

    await one.store.ledger.run(append("goodbye"))
    await one.store.ledger.run(put(Change(conversations=(conversation(charge=ENDED, last_seq=Seq(1)),))))
    moved = replace(CONTACT, conversation_id=begun.id)
    await one.store.ledger.run(put(Change(contacts=(moved,), conversations=(begun,))))
    await one.store.ledger.run(append("again", to=begun.id))
    shown = [await frame(there), await frame(there)]

    assert [(each["conversation"], [entry["seq"] for entry in each["entries"]]) for each in shown] == [
        (CV, [1]),
        (ConversationId("cv_2"), [1]),
    ]


async def test_a_socket_that_lacks_too_much_has_to_resume(pair: tuple[Process, Process]) -> None:
    one, other = pair
    there = await other.tab()

    await asyncio.gather(*(one.store.ledger.run(append(str(number))) for number in range(150)))
    async with asyncio.timeout(5):
        while await there.get() is not None:
            pass

    assert there.overflowed


async def test_typing_is_shown_by_all_processes_that_hear_of_it(pair: tuple[Process, Process]) -> None:
    one, other = pair
    here, there = await one.tab(), await other.tab()

    one.relay.typing(CV, 3.0)

    assert (await frame(here))["seconds"] == 3.0
    if not isinstance(one.wire, Silent):
        assert (await frame(there))["seconds"] == 3.0


async def test_a_commit_is_told_with_one_hint_and_a_large_one_says_only_that_much_happened() -> None:
    wire = MemoryWire()
    shelves = Shelves()
    one = process(shelves, wire, start=1)
    await one.store.ledger.run(put(SETTINGS))
    await one.store.ledger.run(put(BEGUN))

    await asyncio.gather(*(one.store.ledger.run(append(str(number))) for number in range(50)))
    await asyncio.sleep(0)
    few = list(one.hints)
    one.relay._entries = {ContactId(f"ct_{number:032}"): (CV, Seq(1)) for number in range(200)}
    one.relay._wake()
    await asyncio.sleep(0.01)

    assert [len(json.loads(hint)["entries"]) for hint in few] == [1]
    assert json.loads(one.hints[-1]) == {"sender": one.store.holder, "many": True}
    assert all(len(hint.encode()) <= MAX_HINT for hint in one.hints)


async def test_what_is_no_hint_is_left_alone() -> None:
    wire = MemoryWire()
    one = process(Shelves(), wire, start=1)

    await wire.send("not a hint")

    assert one.hints == ["not a hint"]
