"""Circuits on every store, and between processes that share one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from frontdesk.actions.circuit import CloseCircuit, OpenCircuit
from frontdesk.actions.meet import Meet
from frontdesk.actions.say import Say
from frontdesk.core.charge import WithBot
from frontdesk.core.ids import ContactId, Instant, MessageId
from frontdesk.store.postgres import PostgresStore
from frontdesk.wire.webhook import WireScribe
from tests.kit.making import ADA, NOON, WIDGET, Counted
from tests.kit.office import PAGE, Clock
from tests.kit.postgres import Cluster
from tests.store.doing import SETTINGS, Store, put

#: Ada alone answers for the widget.
ALONE = replace(SETTINGS, bots=(ADA,))


async def takes(store: Store, name: str) -> bool:
    """Let somebody new write; tell whether the bot got the conversation."""
    contact = ContactId(name)
    await store.ledger.run(Meet(contact_id=contact, widget_id=WIDGET.id, token_sha256=f"hash of {name}"))
    said = Say(contact_id=contact, message_id=MessageId(f"m {name}"), body="Hello?", page=PAGE)
    receipt = await store.ledger.run(said)
    assert receipt.conversation_id is not None
    conversation = await store.reader.conversation(receipt.conversation_id)
    assert conversation is not None
    return isinstance(conversation.charge, WithBot)


@pytest.mark.guarantee("F26")
async def test_of_many_at_once_one_is_the_probe(empty: Store, clock: Clock) -> None:
    await empty.ledger.run(put(ALONE))
    await empty.ledger.run(OpenCircuit(bot_id=ADA.id, fault="timeout", started_at=clock()))
    while_open = await takes(empty, "ct_early")
    clock.advance(seconds=15)

    got = await asyncio.gather(*(takes(empty, f"ct_{number}") for number in range(8)))

    assert not while_open
    assert sorted(got) == [False] * 7 + [True]
    circuit = empty.reader.directory().bots[ADA.id].circuit
    assert (circuit.state, circuit.probe_at) == ("probing", NOON + 75_000)


@pytest.fixture
async def processes(postgres: Cluster) -> AsyncIterator[tuple[Clock, list[PostgresStore]]]:
    """Three processes on one database."""
    url, clock = await postgres.fresh(), Clock()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(postgres.drop, url)
        stores = []
        for first in (1, 100_001, 200_001):
            ids = Counted(iter(range(first, first + 10_000)))
            store = await PostgresStore.open(url, now=clock, fresh=ids, scribe=WireScribe())
            stack.push_async_callback(store.close)
            stores.append(store)
        yield clock, stores


@pytest.mark.guarantee("F26")
async def test_of_many_in_three_processes_one_is_the_probe(processes: tuple[Clock, list[PostgresStore]]) -> None:
    clock, stores = processes
    await stores[0].ledger.run(put(ALONE))
    opened = await asyncio.gather(
        *(one.ledger.run(OpenCircuit(bot_id=ADA.id, fault="timeout", started_at=Instant(NOON))) for one in stores)
    )
    early = await asyncio.gather(*(takes(one, f"ct_early_{number}") for number, one in enumerate(stores)))
    clock.advance(seconds=15)

    got = await asyncio.gather(*(takes(one, f"ct_{number}") for number, one in enumerate(stores * 4)))
    closed = await asyncio.gather(*(one.ledger.run(CloseCircuit(bot_id=ADA.id)) for one in stores))
    later = await asyncio.gather(*(takes(one, f"ct_later_{number}") for number, one in enumerate(stores)))

    assert len([one for one in opened if one is not None]) == 1, "administrators are told once"
    assert early == [False] * 3
    assert sorted(got) == [False] * 11 + [True]
    assert len([one for one in closed if one is not None]) == 1
    assert later == [True] * 3
