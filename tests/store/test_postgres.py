"""What only the PostgreSQL store has to show: durability, several processes, a server that goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TypeAlias

import asyncpg
import pytest

from frontdesk.actions.configure import AddGroup
from frontdesk.actions.ports import Case, Decision, Footprint, StoreUnavailable
from frontdesk.core.change import Change
from frontdesk.core.ids import Cid, ContactId, ConversationId, EventId, Instant, Seq
from frontdesk.core.session import Head, Session
from frontdesk.store.errors import CannotOpen, OutcomeUnknown, SchemaTooNew, UnsafeDurability
from frontdesk.store.migrations import load_migrations
from frontdesk.store.postgres import PostgresStore
from frontdesk.store.postgres import watch as watching
from frontdesk.store.postgres.dialect import translated
from frontdesk.store.postgres.vault import _Transaction
from frontdesk.wire.webhook import WireScribe
from tests.kit.making import ADA, CONTACT, NOON, Counted
from tests.kit.office import Clock
from tests.kit.postgres import Cluster, cluster
from tests.store.doing import BEGUN, CV, SETTINGS, Do, append, conversation, put

Opener: TypeAlias = Callable[[], Awaitable[PostgresStore]]


async def opened(url: str, *, first: int = 1) -> PostgresStore:
    ids = Counted(iter(range(first, first + 10_000)))
    return await PostgresStore.open(url, now=Clock(), fresh=ids, scribe=WireScribe())


@pytest.fixture
async def url(postgres: Cluster) -> AsyncIterator[str]:
    made = await postgres.fresh()
    yield made
    await postgres.drop(made)


@pytest.fixture
async def process(url: str) -> AsyncIterator[Opener]:
    """Opens the database as one more process would."""
    async with AsyncExitStack() as stack:

        async def one_more() -> PostgresStore:
            store = await opened(url)
            stack.push_async_callback(store.close)
            return store

        yield one_more


async def test_keys_become_arrays_and_parameters_get_numbers() -> None:
    assert translated("a NOT IN ({keys}) LIMIT ?", keys=("text",)) == "a <> ALL($1::text[]) LIMIT $2"
    assert translated("x = ? AND y = ?", keys=("text",)) == "x = $1 AND y = $2"
    assert translated("(VALUES {keys})", keys=("text", "bigint")) == "(SELECT * FROM unnest($1::text[], $2::bigint[]))"


@pytest.mark.guarantee("D2")
@pytest.mark.parametrize("setting", ["synchronous_commit", "full_page_writes", "fsync"])
async def test_a_server_that_would_forget_is_refused(setting: str) -> None:
    with cluster(settings={setting: "off"}) as unsafe, pytest.raises(UnsafeDurability, match=setting):
        await opened(unsafe.url())


async def test_a_database_of_a_newer_program_is_refused(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("INSERT INTO schema_version VALUES (9999, 'later')")
    await connection.close()

    with pytest.raises(SchemaTooNew):
        await opened(url)


async def test_a_server_that_is_not_there_is_named_and_no_password_shown() -> None:
    with pytest.raises(CannotOpen) as refused:
        await opened("postgresql://someone:very-secret@127.0.0.1:1/none")

    assert "very-secret" not in str(refused.value)


@pytest.mark.guarantee("X3")
async def test_three_processes_that_start_at_once_migrate_once(postgres: Cluster) -> None:
    url = await postgres.empty()

    stores = await asyncio.gather(*(opened(url) for _ in range(3)))
    versions = await stores[0]._pool.fetch("SELECT version FROM schema_version ORDER BY version")
    epochs = {store.epoch for store in stores}
    for store in stores:
        await store.close()

    assert [row[0] for row in versions] == [one.version for one in load_migrations()]
    assert len(epochs) == 1
    await postgres.drop(url)


@pytest.mark.guarantee("D4")
@pytest.mark.guarantee("D15")
async def test_batches_of_three_processes_wait_for_each_other_and_never_for_ever(process: Opener) -> None:
    stores = [await process() for _ in range(3)]
    await stores[0].ledger.run(put(SETTINGS))
    people = tuple(
        replace(CONTACT, id=ContactId(f"ct_{n}"), token_sha256=f"t{n}", conversation_id=ConversationId(f"cv_{n}"))
        for n in range(8)
    )
    begun = tuple(conversation(n, contact_id=ContactId(f"ct_{n}")) for n in range(8))
    await stores[0].ledger.run(put(Change(contacts=people, conversations=begun)))

    async def write(store: PostgresStore, *, order: int) -> None:
        for turn in range(15):
            numbers = range(8) if (turn + order) % 2 else reversed(range(8))
            await asyncio.gather(*(store.ledger.run(append("x", to=ConversationId(f"cv_{n}"))) for n in numbers))

    await asyncio.gather(*(write(store, order=order) for order, store in enumerate(stores)))

    for one in begun:
        log = await stores[1].reader.history(one.id, before=Seq(10_000), limit=10_000)
        assert [entry.seq for entry in log] == list(range(1, 46))


@pytest.mark.guarantee("D15")
async def test_a_contact_that_two_processes_make_at_once_is_made_once(process: Opener) -> None:
    stores = [await process() for _ in range(2)]
    await stores[0].ledger.run(put(SETTINGS))

    def meet(name: str) -> Do[bool]:
        def decision(case: Case) -> Decision[bool]:
            known = case.state.contact(CONTACT.id)
            if known is not None:
                return Decision(Change(), False)
            return Decision(Change(contacts=(replace(CONTACT, token_sha256=name),)), True)

        return Do(decision=decision, footprint=Footprint(contacts=frozenset({CONTACT.id})))

    made = await asyncio.gather(*(store.ledger.run(meet(store.holder)) for store in stores))

    assert sorted(made) == [False, True]


async def test_the_configuration_of_one_process_is_known_in_the_others(process: Opener) -> None:
    one, other = await process(), await process()

    groups = await asyncio.gather(*(store.ledger.run(AddGroup(name=store.holder)) for store in (one, other, one)[:2]))
    later = await other.ledger.run(AddGroup(name="later"))

    async with asyncio.timeout(5):
        while one.reader.directory() != other.reader.directory():
            await one._vault.refresh()
    assert len({group.id for group in groups} | {later.id}) == 3
    assert set(one.reader.directory().groups) == {1, 2, 3}


async def test_a_changed_configuration_arrives_by_itself(process: Opener) -> None:
    one, other = await process(), await process()

    await one.ledger.run(AddGroup(name="Support"))

    for _ in range(100):
        if other.reader.directory().group_named("Support"):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the other process never heard of it")


def held_by(holder: str) -> Session:
    head = Head(
        event_id=EventId("evt_1"),
        packet="message",
        entry_seq=Seq(1),
        body=b"{}",
        since=NOON,
        deadline=NOON,
        attempt=1,
        holder=holder,
        attempt_at=NOON,
        lease_until=Instant(NOON + 60_000),
    )
    return Session(cid=Cid("c1"), conversation_id=CV, bot_id=ADA.id, opened_at=NOON, cursor=Seq(0), head=head)


@pytest.mark.guarantee("D12")
async def test_lanes_of_a_process_are_orphans_once_it_is_gone_and_not_before(process: Opener, url: str) -> None:
    one, other = await process(), await opened(url)
    await one.ledger.run(put(SETTINGS))
    await one.ledger.run(put(BEGUN))
    await one.ledger.run(put(Change(sessions=(held_by(other.holder),))))

    assert await one.reader.orphans(limit=10) == ()
    await asyncio.sleep(watching.MISSED_S + 0.1)
    assert await one.reader.orphans(limit=10) == ()
    await other.close()
    assert await one.reader.orphans(limit=10) == ()
    await asyncio.sleep(watching.MISSED_S + 0.1)
    assert await one.reader.orphans(limit=10) == (("c1", other.holder),)


@pytest.mark.guarantee("X5")
async def test_a_cut_connection_is_made_again(process: Opener, url: str) -> None:
    store = await process()
    await store.ledger.run(put(SETTINGS))
    await store.ledger.run(put(BEGUN))

    admin = await asyncpg.connect(url)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await admin.close()
    seqs = []
    for _ in range(20):
        try:
            seqs.append(await store.ledger.run(append("x")))
        except StoreUnavailable:
            await asyncio.sleep(0.05)

    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) > 15


@pytest.mark.parametrize("saved", [True, False])
async def test_a_commit_whose_answer_is_lost_is_looked_up(
    process: Opener, monkeypatch: pytest.MonkeyPatch, *, saved: bool
) -> None:
    store = await process()
    await store.ledger.run(put(SETTINGS))
    await store.ledger.run(put(BEGUN))
    commits = []
    whole = _Transaction.commit

    async def cut(self: _Transaction) -> None:
        commits.append(self.number)
        if len(commits) > 1:
            await whole(self)
            return
        if saved:
            await self.connection.execute("COMMIT")
        self.in_doubt = True
        raise StoreUnavailable("the answer was lost")

    monkeypatch.setattr(_Transaction, "commit", cut)
    if saved:
        assert await store.ledger.run(append("x")) == 1
    else:
        with pytest.raises((StoreUnavailable, OutcomeUnknown)):
            await store.ledger.run(append("x"))

    assert await store.ledger.run(append("y")) == (2 if saved else 1)


async def test_a_statement_that_waits_too_long_is_given_up(process: Opener, url: str) -> None:
    store = await process()
    await store.ledger.run(put(SETTINGS))
    await store.ledger.run(put(BEGUN))
    blocker = await asyncpg.connect(url)
    await blocker.execute("BEGIN; LOCK TABLE entries IN ACCESS EXCLUSIVE MODE")

    began = asyncio.get_running_loop().time()
    with pytest.raises(StoreUnavailable):
        await store.ledger.run(append("x"))
    waited = asyncio.get_running_loop().time() - began
    await blocker.close()

    assert waited < 10
    assert await store.ledger.run(append("x")) == 1
