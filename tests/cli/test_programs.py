"""The commands that run on: serve, demo and chat, as real programs."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.kit.server import bot_server, running_server
from tests.kit.shell import frontdesk_beside, prints, program


def address(line: str) -> str:
    found = re.search(r"http://[0-9.]+:\d+", line)
    assert found is not None, line
    return found[0]


@pytest.mark.process
async def test_the_server_starts_says_where_it_is_and_stops_when_told(tmp_path: Path) -> None:
    async with program("serve", "--port", "0", data=tmp_path) as process:
        url = address(await prints(process, "listens at"))
        async with aiohttp.ClientSession() as http, http.get(f"{url}/ready") as response:
            assert response.status == 200

        added = await frontdesk_beside("group", "add", "Support", data=tmp_path)
        process.terminate()
        async with asyncio.timeout(15):
            code = await process.wait()

    assert (added.code, code) == (0, 0)
    assert not (tmp_path / "control.sock").exists()
    assert (await frontdesk_beside("group", "list", "--json", data=tmp_path)).json == [{"id": 1, "name": "Support"}]


@pytest.mark.process
async def test_a_taken_port_is_named_with_the_fix(tmp_path: Path) -> None:
    async with running_server(tmp_path / "a") as server:
        port = server.url.rpartition(":")[2]
        result = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "frontdesk",
            "--data",
            str(tmp_path / "b"),
            "serve",
            "--port",
            port,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await result.communicate()

    assert result.returncode == 3
    assert b"FRONTDESK_PORT" in said


@pytest.mark.process
async def test_the_demo_makes_everything_once_and_a_person_can_talk_to_its_bot(tmp_path: Path) -> None:
    for _ in range(2):
        async with program("demo", "--port", "0", data=tmp_path) as process:
            url = address(await prints(process, "The shop"))
            await prints(process, "To stop")
            async with aiohttp.ClientSession() as http:
                async with http.get(f"{url}/") as shop:
                    page = await shop.text()
                async with http.get(f"{url}/guide") as guide:
                    policy = guide.headers["content-security-policy"]
            talk = await frontdesk_beside(
                "chat", "--url", url, "--widget", "demo", "--quiet", "0.5", data=tmp_path, typed="1\n1042\n/quit\n"
            )
            bots = (await frontdesk_beside("bot", "list", "--json", data=tmp_path)).json
            widgets = (await frontdesk_beside("widget", "list", "--json", data=tmp_path)).json

        assert f'src="{url}/loader.js" data-widget="demo"' in page
        assert "trusted-types 'none'" in policy
        assert "Order 1042" in talk.out
        assert (len(bots), len(widgets)) == (1, 1)
        assert process.returncode == 0


@pytest.mark.process
async def test_the_demos_bot_ends_with_the_demo_even_where_that_is_killed(tmp_path: Path) -> None:
    async with program("demo", "--port", "0", data=tmp_path) as process:
        await prints(process, "To stop")
        bots = (await frontdesk_beside("bot", "list", "--json", data=tmp_path)).json
        process.kill()
        await process.wait()

    for _ in range(200):
        if not await answers(bots[0]["webhook_url"]):
            break
        await asyncio.sleep(0.05)
    assert not await answers(bots[0]["webhook_url"])


async def answers(url: str) -> bool:
    """Tell whether somebody listens at this address."""
    async with aiohttp.ClientSession() as http:
        try:
            async with http.get(url):
                return True
        except aiohttp.ClientConnectionError:
            return False


async def test_a_piped_talk_sends_clicks_and_prints_what_is_said(tmp_path: Path) -> None:
    def answer(call: dict) -> list:  # type: ignore[type-arg]
        packet = call["packet"]
        if packet["name"] == "start":
            return [{"packet": {"name": "bubbles", "payload": {"body": "Tea?", "options": ["Green", "Black\x1b[2J"]}}}]
        if packet["name"] == "click":
            return [{"packet": {"name": "message", "payload": {"body": f"Number {packet['payload']['option']}"}}}]
        return [{"packet": {"name": "message", "payload": {"body": f"You said {packet['payload']['body']}"}}}]

    async with bot_server(answer) as hook, running_server(tmp_path) as server:
        await server.shop(hook)

        words = ("chat", "--url", server.url, "--quiet", "0.3")
        talk = await frontdesk_beside(*words, data=tmp_path, typed="2\n7\n")
        frames = await frontdesk_beside(*words, "--json", data=tmp_path, typed="Hello\n")

    assert [call["packet"]["name"] for call in hook.calls] == ["start", "click", "message", "start", "message"]
    assert "Number 2" in talk.out
    assert "You said 7" in talk.out
    assert "\x1b[2J" not in talk.out
    assert {json.loads(line)["type"] for line in frames.out.splitlines() if line} >= {"welcome", "entries", "ack"}


async def test_a_talk_without_a_server_says_how_to_start_one(tmp_path: Path) -> None:
    words = ("chat", "--url", "http://127.0.0.1:1", "--widget", "demo")

    result = await frontdesk_beside(*words, data=tmp_path, typed="")

    assert result.code == 3
    assert "frontdesk serve" in result.err


async def test_a_talk_with_an_unknown_widget_says_so(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        result = await frontdesk_beside("chat", "--url", server.url, "--widget", "nobody", data=tmp_path, typed="Hi\n")

    assert result.code != 0
    assert "no widget with this key" in result.err
