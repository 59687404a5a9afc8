"""A server that is told to stop finishes what is under way, sends everybody away politely, and loses nothing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from pathlib import Path
from random import Random

import pytest
from websockets.exceptions import ConnectionClosed

from frontdesk.core.ids import Cid
from tests.crash.checking import check_bot, check_person
from tests.crash.harness import free_port, listening, victim
from tests.crash.people import Echo, Person, echo
from tests.crash.test_server import furnish, stored
from tests.kit.contact import Contact, visiting
from tests.kit.server import BotServer, bot_server, running_server

#: `make soak` asks for more.
STOPS = int(os.environ.get("STOPS", "4"))
SEED = 20_260_729
STOPPED_S = 15.0


def say(body: str) -> dict[str, object]:
    return {"packet": {"name": "message", "payload": {"body": body}}}


@pytest.mark.process
@pytest.mark.timeout(120 + 15 * STOPS)
@pytest.mark.guarantee("X1")
async def test_stops_under_load_lose_nothing_and_call_no_bot_twice(tmp_path: Path) -> None:
    chance, port, over = Random(SEED), free_port(), asyncio.Event()
    folder = tmp_path / "data"
    people = [Person(name=name) for name in ("ann", "ben", "cid", "dan")]
    environment = {"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", "FRONTDESK_DATA": str(folder)}
    took: list[float] = []
    async with echo() as bot:
        await furnish(folder, bot)
        async with asyncio.TaskGroup() as talking:
            turns = [talking.create_task(person.talk(port, until=over)) for person in people]
            for number in range(STOPS + 1):
                async with victim("frontdesk", "serve", "--port", str(port), environment=environment) as server:
                    await listening(port, server=server)
                    # Some are stopped while the bot thinks about an answer for seconds.
                    people[0].slow = number % 2 == 1
                    await asyncio.sleep(chance.uniform(0.2, 1.2))
                    if number == STOPS:
                        over.set()
                        await asyncio.wait(turns, timeout=30)
                    started = time.monotonic()
                    server.process.send_signal(signal.SIGTERM)
                    await server.died()
                    took.append(time.monotonic() - started)
                    assert server.process.returncode == 0
        logs = {person.name: await stored(folder, person.said[0]) for person in people}

    for person in people:
        check_person(person, logs[person.name])
    check_bot(bot)
    assert max(took) < STOPPED_S
    assert called_twice(bot) == []


def called_twice(bot: Echo) -> list[str]:
    return [event_id for event_id, bodies in bot.bodies.items() if len(bodies) > 1]


@pytest.mark.process
@pytest.mark.guarantee("X1")
async def test_a_second_signal_ends_the_process_at_once(tmp_path: Path) -> None:
    port, answered = free_port(), asyncio.Event()

    async def think(_: dict[str, object]) -> list[dict[str, object]]:
        await answered.wait()
        return []

    async with bot_server(think) as bot:
        folder = tmp_path / "data"
        await furnish(folder, Echo(url=bot.url))
        environment = {"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", "FRONTDESK_DATA": str(folder)}
        async with victim("frontdesk", "serve", "--port", str(port), environment=environment) as server:
            await listening(port, server=server)
            over = asyncio.Event()
            talking = asyncio.create_task(Person(name="ann").talk(port, until=over))
            await bot.called(1)
            server.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert not server.has_ended

            started = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            await server.died()

            assert time.monotonic() - started < 5
            assert server.process.returncode == -signal.SIGTERM
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        answered.set()


@pytest.mark.guarantee("X1")
async def test_sockets_are_closed_with_1012_and_different_times_to_come_back(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as one, visiting(server, widget) as two, visiting(server, widget) as three:
            stopping = asyncio.create_task(server.app.stop())

            closed = [await closing(tab) for tab in (one, two, three)]
            await stopping

    waits = [int(re.fullmatch(r"retry_after_ms=(\d{1,4})", reason)[1]) for _, reason in closed]  # type: ignore[index]
    assert [code for code, _ in closed] == [1012] * 3
    assert all(0 <= wait < 10_000 for wait in waits)
    assert len(set(waits)) > 1


async def closing(tab: Contact) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as closed:
        await tab.until("never")
    frame = closed.value.rcvd
    assert frame is not None
    return frame.code, frame.reason


@pytest.mark.guarantee("X1")
async def test_an_answer_under_way_is_waited_for_and_shown_by_the_next_server(tmp_path: Path) -> None:
    called, may_answer = asyncio.Event(), asyncio.Event()

    async def think(_: dict[str, object]) -> list[dict[str, object]]:
        called.set()
        await may_answer.wait()
        return [say("Here I am")]

    async with bot_server(think) as bot:
        async with running_server(tmp_path) as server:
            widget, _ = await server.shop(bot)
            async with visiting(server, widget) as tab:
                await tab.ask("open")
                await called.wait()
                token, stopping = tab.token, asyncio.create_task(server.app.stop())
                await closing(tab)
            assert not stopping.done()
            may_answer.set()
            await stopping
        async with running_server(tmp_path) as server, visiting(server, widget, token=token) as tab:
            await tab.sees("message", body="Here I am")

    assert len(bot.calls) == 1


@pytest.mark.guarantee("X1")
async def test_an_attempt_that_did_not_begin_is_given_back_whole(tmp_path: Path) -> None:
    """The bot takes one call at a time; the second conversation's waits for its place when the server stops."""
    called, may_answer = asyncio.Event(), asyncio.Event()

    async def think(call: dict[str, object]) -> list[dict[str, object]]:
        called.set()
        await may_answer.wait()
        return []

    async with bot_server(think) as bot:
        async with running_server(tmp_path) as server:
            widget, _ = await server.shop(bot, slots=1)
            async with visiting(server, widget) as one, visiting(server, widget) as two:
                await one.ask("open")
                await called.wait()
                await two.ask("open")
                stopping = asyncio.create_task(server.app.stop())
                await closing(one)
            may_answer.set()
            await stopping
        started = time.monotonic()
        async with running_server(tmp_path) as server:
            await bot.called(2)
            assert time.monotonic() - started < 15
            await server.logged(2)

    assert attempts_of(bot) == ["1", "1"]
    assert len({call["info"]["cid"] for call in bot.calls}) == 2


def attempts_of(bot: BotServer) -> list[str]:
    return [headers["chat-attempt"] for headers in bot.headers]


@pytest.mark.guarantee("X1")
async def test_a_call_that_is_cut_off_is_given_back_as_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.delivery.lanes.STOP_S", 0.1)
    may_answer = asyncio.Event()

    async def think(_: dict[str, object]) -> list[dict[str, object]]:
        await may_answer.wait()
        return [say("At last")]

    async with bot_server(think) as bot:
        async with running_server(tmp_path) as server:
            widget, _ = await server.shop(bot)
            async with visiting(server, widget) as tab:
                await tab.ask("open")
                await bot.called(1)
                token = tab.token
            await server.app.stop()
        may_answer.set()
        async with running_server(tmp_path) as server, visiting(server, widget, token=token) as tab:
            await tab.sees("message", body="At last")

    assert attempts_of(bot) == ["1", "2"]
    assert len({headers["webhook-id"] for headers in bot.headers}) == 1
    assert {Cid(call["info"]["cid"]) for call in bot.calls} == {Cid(bot.calls[0]["info"]["cid"])}
