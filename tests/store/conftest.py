"""Every store, one after another: a test that asks for `store` runs on each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from frontdesk.store.memory import MemoryStore
from frontdesk.store.postgres import PostgresStore
from frontdesk.store.sqlite import SqliteStore
from frontdesk.wire.webhook import WireScribe
from tests.kit.making import Counted
from tests.kit.office import Clock
from tests.kit.postgres import Cluster
from tests.store.doing import BEGUN, SETTINGS, Store, put

KINDS = ("memory", "sqlite", "postgres")


async def opened(kind: str, *, folder: Path, clock: Clock) -> Store:
    """Return a store of this kind."""
    if kind == "memory":
        return await MemoryStore.open(now=clock, fresh=Counted(), scribe=WireScribe())
    return await SqliteStore.open(folder, now=clock, fresh=Counted(), scribe=WireScribe())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=KINDS)
async def empty(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """A store with nothing in it."""
    async with AsyncExitStack() as stack:
        if request.param == "postgres":
            cluster: Cluster = request.getfixturevalue("postgres")
            url = await cluster.fresh()
            stack.push_async_callback(cluster.drop, url)
            store: Store = await PostgresStore.open(url, now=clock, fresh=Counted(), scribe=WireScribe())
        else:
            store = await opened(request.param, folder=tmp_path / "data", clock=clock)
        stack.push_async_callback(store.close)
        yield store


@pytest.fixture
async def configured(empty: Store) -> Store:
    """A store with a widget, two groups and two bots."""
    await empty.ledger.run(put(SETTINGS))
    return empty


@pytest.fixture
async def store(configured: Store) -> Store:
    """A store with a contact and a conversation too."""
    await configured.ledger.run(put(BEGUN))
    return configured
