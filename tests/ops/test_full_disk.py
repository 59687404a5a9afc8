"""A full disk refuses, says so, corrupts nothing, and is over when there is room again."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.kit.contact import Contact, visiting
from tests.kit.server import Running, bot_server, running_server

BODY = "Is there any room left? " * 300


def set_pages(server: Running, *, more: int) -> None:
    """Let the file have so many pages more than it has."""
    db: sqlite3.Connection = server.store._vault._db  # type: ignore[attr-defined]
    count: int = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {count + more}")


async def until_refused(tab: Contact) -> tuple[list[str], dict[str, Any]]:
    """Say things until one is refused; return the ids of those that were acknowledged, and the refusal."""
    acknowledged: list[str] = []
    for number in range(60):
        message_id = f"m{number}"
        answer = await tab.say(BODY, message_id=message_id)
        if answer["type"] == "refused" and answer["code"] != "rate_limited":
            return acknowledged, answer
        if answer["type"] == "ack":
            acknowledged.append(message_id)
        else:
            await asyncio.sleep(answer["retry_after_ms"] / 1000)
    raise AssertionError("the disk never was full")


async def ready(server: Running) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/ready") as response:
        return response.status


@pytest.mark.guarantee("X7")
@pytest.mark.guarantee("X9")
async def test_a_full_disk_refuses_and_corrupts_nothing(tmp_path: Path) -> None:
    async with bot_server(lambda _: []) as bot, running_server(tmp_path) as server:
        widget, made = await server.shop(bot)
        async with visiting(server, widget) as tab:
            set_pages(server, more=12)
            acknowledged, refused = await until_refused(tab)
            call = {"url": server.api_url(made.bot), "headers": {"SECURITY-TOKEN": made.token}}
            event = {
                "packet": {"name": "message", "payload": {"body": BODY}},
                "info": {"cid": bot.calls[0]["info"]["cid"]},
            }
            async with aiohttp.ClientSession() as http, http.post(**call, json=event) as response:  # type: ignore[arg-type]
                api_status, api_wait = response.status, response.headers.get("retry-after")
            red = await ready(server)

            set_pages(server, more=10_000)
            again = await tab.say(BODY, message_id="after")
            await asyncio.sleep(1.1)
            green = await ready(server)
        db = server.store._vault._db  # type: ignore[attr-defined]
        stored = [
            row[0] for row in db.execute("SELECT message_id FROM entries WHERE message_id LIKE 'm%' ORDER BY seq")
        ]
        whole = db.execute("PRAGMA integrity_check").fetchall()

    assert (refused["code"], refused["retry_after_ms"] > 0) == ("unavailable", True)
    assert (api_status, api_wait) == (503, "1")
    assert (red, green, again["type"]) == (503, 200, "ack")
    assert acknowledged
    assert stored == acknowledged
    assert whole == [("ok",)]
