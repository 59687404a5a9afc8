"""Two server processes on one database: one order, one effect, whichever process somebody talks to."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import connect

from frontdesk.actions.configure import NewBot
from frontdesk.core.entries import Message
from frontdesk.core.ids import ConversationId, Seq
from tests.kit.contact import PAGE, Contact
from tests.kit.postgres import Cluster
from tests.kit.processes import Installation, Server, installation
from tests.kit.server import BotServer, bot_server

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


@dataclass
class Pair:
    """Two servers and the bot of their widget."""

    place: Installation
    first: Server
    second: Server
    bot: NewBot
    hook: BotServer


@asynccontextmanager
async def pair(postgres: Cluster, folder: Path, **settings: Any) -> AsyncIterator[Pair]:
    url = await postgres.fresh()
    try:
        async with bot_server() as hook, installation(url, folder) as place:
            bot = await place.bot(hook.url, **settings)
            first, second = await asyncio.gather(place.serve(), place.serve())
            yield Pair(place=place, first=first, second=second, bot=bot, hook=hook)
    finally:
        await postgres.drop(url)


@asynccontextmanager
async def tab(server: Server, place: Installation, **hello: Any) -> AsyncIterator[Contact]:
    """Open a tab at one of the servers."""
    url = server.socket_url(place.widget)
    async with connect(url, origin="https://shop.example", compression=None, proxy=None) as socket:  # type: ignore[arg-type]
        contact = Contact(socket=socket)
        await contact.send("hello", page=PAGE, **hello)
        await contact.until("welcome")
        yield contact


async def heard(contact: Contact, count: int) -> list[dict[str, Any]]:
    """Return the first so many entries that the tab was sent."""
    async with asyncio.timeout(15):
        while len(contact.entries) < count:
            await contact.next()
    return contact.entries[:count]


async def whole(place: Installation, conversation: str) -> list[int]:
    entries = await place.store.reader.history(ConversationId(conversation), before=Seq(2**40), limit=100_000)
    return [entry.seq for entry in entries]


@pytest.mark.guarantee("D4")
@pytest.mark.guarantee("D14")
@pytest.mark.guarantee("D15")
async def test_tabs_at_two_processes_are_in_one_conversation_and_see_one_order(
    postgres: Cluster, tmp_path: Path
) -> None:
    async with pair(postgres, tmp_path) as both, AsyncExitStack() as stack:
        first = await stack.enter_async_context(tab(both.first, both.place))
        others = [
            await stack.enter_async_context(tab(server, both.place, token=first.token))
            for server in (both.second, both.first, both.second)
        ]
        tabs = [first, *others]

        await asyncio.gather(*(one.ask("open") for one in tabs))
        for number in range(8):
            await asyncio.gather(*(one.say(f"{index} {number}") for index, one in enumerate(tabs)))
        logs = [await heard(one, 33) for one in tabs]

        assert logs[0] == logs[1] == logs[2] == logs[3]
        assert [entry["seq"] for entry in logs[0]] == list(range(1, 34))
        assert {one.conversation for one in tabs} == {first.conversation}
        assert first.conversation is not None
        assert await whole(both.place, first.conversation) == list(range(1, 34))
        calls = both.hook.calls
        assert [one["packet"]["name"] for one in calls].count("start") == 1


@pytest.mark.guarantee("D15")
async def test_panels_opened_at_two_processes_at_once_join_one_conversation(postgres: Cluster, tmp_path: Path) -> None:
    async with pair(postgres, tmp_path) as both:
        for _ in range(20):
            async with tab(both.first, both.place) as one, tab(both.second, both.place, token=one.token) as other:
                first = await asyncio.gather(one.ask("open"), other.say("hello"))
                again = await asyncio.gather(one.say("hello"), other.ask("open"))

            acks = (*first, *again)
            assert {ack["type"] for ack in acks} == {"ack"}
            assert len({ack["conversation"] for ack in acks}) == 1


@pytest.mark.guarantee("D6")
async def test_events_of_a_session_come_one_after_another_from_two_processes(postgres: Cluster, tmp_path: Path) -> None:
    under_way: defaultdict[str, int] = defaultdict(int)
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    overlaps = 0

    async def slow(call: dict[str, Any]) -> list[dict[str, Any]]:
        nonlocal overlaps
        cid = call["info"]["cid"]
        overlaps += under_way[cid]
        under_way[cid] += 1
        numbers[cid].append(call["info"]["seq"])
        await asyncio.sleep(secrets.randbelow(30) / 1000)
        under_way[cid] -= 1
        return [{"packet": {"name": "message", "payload": {"body": f"re: {call['info']['seq']}"}}}]

    async with pair(postgres, tmp_path) as both:
        both.hook.answer = slow

        async def talk() -> None:
            async with tab(both.first, both.place) as one, tab(both.second, both.place, token=one.token) as other:
                await one.ask("open")
                for _ in range(6):
                    await asyncio.gather(one.say("from one"), other.say("from the other"))
                await heard(one, 1 + 12 + 13)
                await heard(other, 1 + 12 + 13)

        await asyncio.gather(*(talk() for _ in range(6)))

    assert overlaps == 0
    assert len(numbers) == 6
    assert all(found == list(range(1, 14)) for found in numbers.values())


@pytest.mark.guarantee("D10")
async def test_a_process_that_wakes_up_after_its_lease_changes_nothing(postgres: Cluster, tmp_path: Path) -> None:
    woken, first_came = asyncio.Event(), asyncio.Event()

    async def answer(call: dict[str, Any]) -> list[dict[str, Any]]:
        if call["packet"]["name"] == "start":
            return []
        late = not first_came.is_set()
        first_came.set()
        if late:
            await woken.wait()
        return [{"packet": {"name": "message", "payload": {"body": "late" if late else "in time"}}}]

    async with pair(postgres, tmp_path, deadline_s=1) as both, tab(both.first, both.place) as contact:
        both.hook.answer = answer
        await contact.ask("open")
        await contact.say("hello")
        await first_came.wait()
        both.first.freeze()
        async with tab(both.second, both.place, token=contact.token) as other:
            await other.sees("message", body="in time", within=20)
            both.first.thaw()
            woken.set()
            await until_logged(both.place, "fenced")

            bodies = [entry.get("body") for entry in other.entries]
            assert bodies.count("in time") == 1
            assert "late" not in bodies
    event_ids = [headers["webhook-id"] for headers in both.hook.headers]
    assert event_ids[1] == event_ids[2]


async def until_logged(place: Installation, outcome: str) -> None:
    """Wait until the delivery log has an attempt with this outcome."""
    for _ in range(300):
        if outcome in [one.outcome for one in await place.store.reader.attempts(limit=100)]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"no attempt was {outcome}")


@pytest.mark.guarantee("D12")
async def test_what_a_killed_process_had_under_way_goes_on_in_another(postgres: Cluster, tmp_path: Path) -> None:
    came = asyncio.Event()

    async def answer(call: dict[str, Any]) -> list[dict[str, Any]]:
        if call["packet"]["name"] == "start":
            return []
        if not came.is_set():
            came.set()
            await asyncio.sleep(60)
        return [{"packet": {"name": "message", "payload": {"body": "here"}}}]

    async with pair(postgres, tmp_path) as both, tab(both.first, both.place) as contact:
        both.hook.answer = answer
        await contact.ask("open")
        await contact.say("hello")
        await came.wait()

        await both.first.kill()
        killed = time.monotonic()
        async with tab(both.second, both.place, token=contact.token) as other:
            await other.sees("message", body="here", within=20)

        assert time.monotonic() - killed < 4
        assert both.hook.headers[1]["webhook-id"] == both.hook.headers[2]["webhook-id"]


@pytest.mark.guarantee("B6")
async def test_a_session_has_its_calls_a_minute_over_all_processes(postgres: Cluster, tmp_path: Path) -> None:
    async with (
        pair(postgres, tmp_path) as both,
        tab(both.first, both.place) as contact,
        aiohttp.ClientSession() as http,
    ):
        cid = await in_charge(both, contact)

        statuses = await asyncio.gather(
            *(
                call(http, both, server=server, event=text(cid, str(n)))
                for n in range(15)
                for server in (both.first, both.second)
            )
        )

        assert sorted(status for status, _ in statuses) == [200] * 20 + [429] * 10


@pytest.mark.guarantee("B7")
async def test_a_call_repeated_at_another_process_has_its_first_answer(postgres: Cluster, tmp_path: Path) -> None:
    async with (
        pair(postgres, tmp_path) as both,
        tab(both.first, both.place) as contact,
        aiohttp.ClientSession() as http,
    ):
        cid = await in_charge(both, contact)

        answers = await asyncio.gather(
            *(
                call(http, both, server=server, event=text(cid, "once"), key="k1")
                for server in (both.first, both.second)
            )
        )
        later = await call(http, both, server=both.second, event=text(cid, "once"), key="k1")
        await contact.sees("message", body="once")

        assert {status for status, _ in answers} == {200}
        assert {body for _, body in answers} == {later[1]}
        assert contact.conversation is not None
        log = await both.place.store.reader.history(ConversationId(contact.conversation), before=Seq(2**40), limit=100)
        assert [one.content for one in log].count(Message(body="once")) == 1


async def in_charge(both: Pair, contact: Contact) -> str:
    """Let the bot take charge; return its cid."""
    await contact.ask("open")
    cid: str = (await both.hook.called(1))[0]["info"]["cid"]
    return cid


def text(cid: str, body: str) -> dict[str, Any]:
    return {"info": {"cid": cid}, "packet": {"name": "message", "payload": {"body": body}}}


async def call(
    http: aiohttp.ClientSession, both: Pair, *, server: Server, event: dict[str, Any], key: str | None = None
) -> tuple[int, str]:
    url = f"{server.url}/api/v1/bots/{both.bot.bot.public_id}/events"
    headers = {"security-token": both.bot.token, **({"idempotency-key": key} if key else {})}
    async with http.post(url, data=json.dumps(event), headers=headers) as response:
        return response.status, await response.text()
