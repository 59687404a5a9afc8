"""`frontdesk serve --workers`: several processes behind one port, and what happens when one of them dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from frontdesk.core.entries import Entry
from frontdesk.core.ids import ContactId
from tests.crash.checking import check_bot, check_person
from tests.crash.people import Person, echo
from tests.kit.postgres import Cluster
from tests.kit.processes import ROOT, Installation, installation

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]
KILLS = 5


def children(pid: int) -> list[int]:
    """Return the processes that this one started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def full(pid: int, *, count: int, without: int = 0) -> list[int]:
    """Wait until so many workers run and listen, and the one that died is none of them."""
    for _ in range(400):
        found = children(pid)
        if len(found) == count and without not in found:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("a worker was not started again")


async def stored(place: Installation, person: Person) -> tuple[Entry, ...]:
    pool = place.store._pool
    owner = await pool.fetchval("SELECT contact_id FROM entries WHERE message_id = $1", person.said[0])
    snapshot = await place.store.reader.snapshot(ContactId(owner), has=None, limit=100_000)
    assert snapshot is not None
    return snapshot.entries


@pytest.mark.guarantee("D1")
@pytest.mark.guarantee("D8")
@pytest.mark.guarantee("D9")
async def test_workers_that_are_killed_lose_nothing_and_show_nothing_twice(postgres: Cluster, tmp_path: Path) -> None:
    chance, over = Random(3), asyncio.Event()
    people = [Person(name=name, thinks_s=0.55) for name in ("ann", "ben", "cid", "dan")]
    url = await postgres.fresh()
    async with echo() as bot, installation(url, tmp_path) as place:
        await place.bot(bot.url, idempotent=True)
        server = await place.serve("--workers", "3")
        async with asyncio.TaskGroup() as talking:
            turns = [talking.create_task(person.talk(server.port, until=over)) for person in people]
            for _ in range(KILLS):
                workers = await full(server.process.pid, count=3)
                await asyncio.sleep(chance.uniform(0.5, 1.5))
                victim = chance.choice(workers)
                os.kill(victim, signal.SIGKILL)
                await full(server.process.pid, count=3, without=victim)
            over.set()
            await asyncio.wait(turns, timeout=40)
        logs = {person.name: await stored(place, person) for person in people}
        await server.end()

        assert server.process.returncode == 0
        for person in people:
            check_person(person, logs[person.name])
        check_bot(bot)
        assert sum(len(person.said) for person in people) > 10
        assert place.logs().count("worker.died") == KILLS
    await postgres.drop(url)


def test_sqlite_takes_one_process_and_says_so(tmp_path: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    variables |= {"PYTHONPATH": str(ROOT / "src"), "FRONTDESK_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "frontdesk", "serve", "--workers", "2"]

    done = subprocess.run(command, capture_output=True, check=False, env=variables, text=True, timeout=60)

    assert done.returncode == 3
    assert "--workers needs PostgreSQL" in done.stderr


async def test_workers_that_cannot_start_end_the_server(tmp_path: Path) -> None:
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "FRONTDESK_DATA": str(tmp_path), "FRONTDESK_PORT": "0"}
    variables["FRONTDESK_DATABASE_URL"] = "postgresql://nobody:secret-word@127.0.0.1:1/none"
    command = [sys.executable, "-m", "frontdesk", "serve", "--workers", "2"]

    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, check=False, env=variables, text=True, timeout=60
    )

    assert done.returncode == 3
    assert "The database cannot be reached" in done.stderr
    assert "secret-word" not in done.stderr + done.stdout
