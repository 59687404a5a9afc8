"""The server is killed twenty times while people talk to a bot; nobody loses or sees twice anything."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from frontdesk.core.change import Change
from frontdesk.core.entries import Entry
from frontdesk.core.ids import ContactId, MessageId
from frontdesk.failpoints import NAMES
from frontdesk.store.sqlite import SqliteStore
from tests.crash.checking import check_bot, check_person
from tests.crash.harness import PATIENCE_S, Victim, free_port, listening, victim
from tests.crash.people import Echo, Person, echo
from tests.crash.writer import Unrepeated
from tests.kit.making import ADA, NOON, SALES, SUPPORT, WIDGET, PlainScribe
from tests.store.doing import put

FAILPOINTS = (
    "msg.before_commit",
    "msg.after_commit",
    "ack.before_send",
    "hook.sent",
    "hook.reply_read",
    "hook.before_commit",
    "hook.after_commit",
)
#: Each failpoint twice, four kills at any instant, and twice when a timer is due.
KILLS = [*FAILPOINTS, None, None, *FAILPOINTS, None, None, "timer.due", "timer.due"]
SEED = 7
#: How soon after its start the server goes on with what was under way (GUARANTEES D12).
RESUMES_S = 2.0


async def opened(folder: Path) -> SqliteStore:
    return await SqliteStore.open(folder, now=lambda: NOON, fresh=Unrepeated(), scribe=PlainScribe())


async def furnish(folder: Path, bot: Echo) -> None:
    store = await opened(folder)
    ada = replace(ADA, webhook_url=bot.url, patience_after_s=1, idempotent=True)
    await store.ledger.run(put(Change(widgets=(WIDGET,), groups=(SALES, SUPPORT), bots=(ada,))))
    await store.close()


async def stored(folder: Path, contact: str) -> tuple[Entry, ...]:
    """Return the log of the conversation in which the contact said this."""
    store = await opened(folder)
    sought = MessageId(contact)
    owners = store._vault._db.execute("SELECT contact_id FROM entries WHERE message_id = ?", (sought,)).fetchall()
    snapshot = await store.reader.snapshot(ContactId(owners[0][0]), has=None, limit=1_000_000)
    await store.close()
    assert snapshot is not None
    assert snapshot.contact.conversations == 1
    return snapshot.entries


async def kill_at(server: Victim, name: str | None, *, chance: Random, people: list[Person]) -> None:
    """Wait until the server dies at its failpoint, or kill it after a while."""
    for person in people:
        person.slow = name == "timer.due"
    if name is None:
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        await server.kill()
    await server.died()
    assert server.was_killed


def test_every_failpoint_kills_once_at_least() -> None:
    assert set(KILLS) == {None, *NAMES}
    assert len(KILLS) == 20


@pytest.mark.process
@pytest.mark.timeout(400)
@pytest.mark.guarantee("D1")
@pytest.mark.guarantee("D6")
@pytest.mark.guarantee("D8")
@pytest.mark.guarantee("D9")
@pytest.mark.guarantee("D12")
async def test_twenty_kills_lose_nothing_and_show_nothing_twice(tmp_path: Path) -> None:
    chance, port, over = Random(SEED), free_port(), asyncio.Event()
    folder = tmp_path / "data"
    people = [Person(name=name) for name in ("ann", "ben", "cid")]
    environment = {"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", "FRONTDESK_DATA": str(folder)}
    serve = ("frontdesk", "serve", "--port", str(port))
    waits: list[float] = []
    async with echo() as bot:
        await furnish(folder, bot)
        async with asyncio.TaskGroup() as talking:
            turns = [talking.create_task(person.talk(port, until=over)) for person in people]
            for name in KILLS:
                fail = f"{name}:kill:{chance.randint(1, 4)}" if name else None
                calls = len(bot.came)
                async with victim(*serve, fail=fail, environment=environment) as server:
                    await listening(port, server=server)
                    started = time.monotonic()
                    await kill_at(server, name, chance=chance, people=people)
                waits += [one - started for one in bot.came[calls : calls + 1]]
            async with victim(*serve, environment=environment) as server:
                await listening(port, server=server)
                over.set()
                await asyncio.wait(turns, timeout=PATIENCE_S)
        logs = {person.name: await stored(folder, person.said[0]) for person in people}

    for person in people:
        check_person(person, logs[person.name])
    check_bot(bot)
    assert max(waits) < RESUMES_S
    assert any(len(bodies) > 1 for bodies in bot.bodies.values()), "no event was under way when the server died"
