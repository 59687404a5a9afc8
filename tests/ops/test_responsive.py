"""The event loop of a server stays responsive while it works."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import aiohttp
import pytest

from tests.crash.harness import free_port, listening, victim
from tests.crash.people import Person, echo
from tests.crash.test_server import furnish
from tests.kit.lag import watched_loop

BUCKET = re.compile(r'^frontdesk_loop_lag_seconds_bucket\{le="(\S+)"\} (\d+)$', re.MULTILINE)
LONGEST = re.compile(r"^frontdesk_loop_lag_max_seconds (\S+)$", re.MULTILINE)


def p99(text: str) -> float:
    """Return the upper bound of the bucket that holds 99 of 100 looks."""
    buckets = [(float(bound), int(count)) for bound, count in BUCKET.findall(text)]
    return next(bound for bound, count in buckets if count >= 0.99 * buckets[-1][1])


@pytest.mark.process
@pytest.mark.guarantee("O10")
@pytest.mark.guarantee("O11")
async def test_the_loop_is_hardly_ever_late_while_people_talk_and_a_backup_is_made(tmp_path: Path) -> None:
    port, over, folder = free_port(), asyncio.Event(), tmp_path / "data"
    environment = {"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", "FRONTDESK_DATA": str(folder)}
    async with echo() as bot:
        await furnish(folder, bot)
        async with victim("frontdesk", "serve", "--port", str(port), environment=environment) as server:
            await listening(port, server=server)
            people = [Person(name=f"p{number}", thinks_s=0.7) for number in range(8)]
            async with asyncio.TaskGroup() as talking:
                for person in people:
                    talking.create_task(person.talk(port, until=over))
                await asyncio.sleep(2)
                async with victim("frontdesk", "backup", str(tmp_path / "copy"), environment=environment) as backup:
                    await backup.died()
                await asyncio.sleep(1)
                over.set()
            url = f"http://127.0.0.1:{port}/metrics"
            async with aiohttp.ClientSession() as http, http.get(url) as response:
                text = await response.text()

    assert sum(len(person.acknowledged) for person in people) > len(people)
    # The promise is 0.1 s and 0.5 s; a machine with other work to do needs five times that.
    assert p99(text) <= 0.5
    longest = LONGEST.search(text)
    assert longest is not None
    assert float(longest[1]) < 2.5


@pytest.mark.guarantee("O10")
async def test_the_probe_sees_a_loop_that_is_held_up() -> None:
    async with watched_loop() as lag:
        await asyncio.sleep(0.1)
        time.sleep(0.2)  # noqa: ASYNC251 -- holds the loop up on purpose
        await asyncio.sleep(0.05)

    assert lag.max > 0.15
    assert lag.p99 >= 0
