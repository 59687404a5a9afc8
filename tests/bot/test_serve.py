"""The bot behind real HTTP: its own server, and the API URL it posts to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from frontdesk.bot import Bot, Chat, LateChat, Unreachable
from frontdesk.bot.serve import serving
from frontdesk.bot.transport import HttpPost
from tests.bot.calls import call

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def platform(answer: web.StreamResponse) -> AsyncIterator[tuple[str, asyncio.Queue[dict[str, str]]]]:
    """An API URL that gives one answer, and what it was called with."""
    seen: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def take(request: web.Request) -> web.StreamResponse:
        await seen.put({"token": request.headers["SECURITY-TOKEN"], "body": await request.text()})
        return answer

    app = web.Application()
    app.router.add_post("/events", take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/events", seen
    finally:
        await runner.cleanup()


async def test_an_answer_and_its_late_result_go_over_http() -> None:
    accepted = web.json_response({"accepted": 1, "seqs": [2], "ignored": []})
    async with platform(accepted) as (api_url, seen):
        bot = Bot(token="secret", api_url=api_url)

        async def work(late: LateChat) -> None:
            late.reply("Found.")

        @bot.on_start
        async def greet(chat: Chat) -> None:
            chat.reply("One moment.")
            chat.later(work)

        async with serving(bot) as url, aiohttp.ClientSession() as http:
            async with http.post(url + "any/path", data=call("start")) as answer:
                assert (answer.status, answer.content_type) == (200, "application/json")
                assert "One moment." in await answer.text()
            result = await asyncio.wait_for(seen.get(), 5)

    assert result["token"] == "secret"
    assert "Found." in result["body"]


async def test_the_server_refuses_what_is_too_large_or_no_post() -> None:
    async with serving(Bot()) as url, aiohttp.ClientSession() as http:
        async with http.post(url, data=b"x" * 262_145) as answer:
            assert answer.status == 413
        async with http.get(url) as answer:
            assert answer.status == 405


async def test_the_token_is_not_carried_to_another_place() -> None:
    moved = web.Response(status=307, headers={"location": "http://127.0.0.1:9/"})
    async with platform(moved) as (url, _):
        post = HttpPost()
        reply = await post(url, b"[]", headers={"SECURITY-TOKEN": "secret"})
        await post.close()

    assert reply.status == 307


async def test_an_address_where_nobody_listens_is_unreachable() -> None:
    post = HttpPost(timeout_s=2)

    with pytest.raises(Unreachable, match="did not answer"):
        await post("http://127.0.0.1:9/", b"[]", headers={})
    await post.close()


@pytest.mark.process
async def test_a_running_bot_stops_in_peace_when_told_to() -> None:
    environ = os.environ | {"ORDER_STATUS_PORT": "0", "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "examples.order_status", env=environ, stderr=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stderr is not None
    try:
        line = (await asyncio.wait_for(process.stderr.readline(), 20)).decode()
        url = line.rpartition(" ")[2].strip()
        async with aiohttp.ClientSession() as http, http.post(url, data=call("start")) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        rest = (await asyncio.wait_for(process.stderr.read(), 10)).decode()
        assert await asyncio.wait_for(process.wait(), 10) == 0
        assert "the bot stops" in rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
