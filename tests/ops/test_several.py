"""What holds of one server's operation holds on PostgreSQL too, where several share the store."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.kit.contact import visiting
from tests.kit.postgres import Cluster
from tests.kit.server import Running, bot_server, running_server


async def ready(server: Running) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/ready") as response:
        return response.status


@pytest.mark.guarantee("X9")
async def test_a_database_that_is_gone_is_not_ready(tmp_path: Path, postgres: Cluster) -> None:
    url = await postgres.fresh()
    async with running_server(tmp_path, database_url=url) as server:
        before = await ready(server)
        server.store._probe_sql = "INSERT INTO nowhere VALUES ($1)"  # type: ignore[attr-defined]
        await asyncio.sleep(1.1)

        assert (before, await ready(server)) == (200, 503)


@pytest.mark.guarantee("X1")
async def test_what_a_server_gives_back_another_takes_at_once(tmp_path: Path, postgres: Cluster) -> None:
    """The bot takes one call at a time, so the second conversation waits in the first server, which stops."""
    url, called, may_answer = await postgres.fresh(), asyncio.Event(), asyncio.Event()

    async def think(_: dict[str, Any]) -> list[dict[str, Any]]:
        called.set()
        await may_answer.wait()
        return []

    async with (
        bot_server(think) as bot,
        running_server(tmp_path / "one", database_url=url) as one,
        running_server(tmp_path / "two", database_url=url) as two,
    ):
        widget, _ = await one.shop(bot, slots=1)
        async with visiting(one, widget) as ann, visiting(one, widget) as ben:
            await ann.ask("open")
            await called.wait()
            await ben.ask("open")
            stopping = asyncio.create_task(one.app.stop())
            await asyncio.sleep(0.2)
        may_answer.set()
        await stopping
        started = time.monotonic()
        await bot.called(2)
        took = time.monotonic() - started
        await two.logged(2)

    assert took < 15
    assert [headers["chat-attempt"] for headers in bot.headers] == ["1", "1"]
    assert len({call["info"]["cid"] for call in bot.calls}) == 2
