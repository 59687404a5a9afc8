"""One widget's socket against the real server: who may open it, what it takes, and how it ends."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from frontdesk.live.recognition import TOKEN_AGE_MS, sha256
from frontdesk.live.socket import Patience
from frontdesk.protocol.widget import CLOSE_FLOOD, CLOSE_MALFORMED, CLOSE_NO_HELLO
from tests.kit.contact import PAGE, Contact, connected, visiting
from tests.kit.server import bot_server, running_server

POLICY = 1008


def message(body: str) -> dict[str, Any]:
    return {"packet": {"name": "message", "payload": {"body": body}}}


def echo(call: dict[str, Any]) -> list[dict[str, Any]]:
    packet = call["packet"]
    return [message("Hello" if packet["name"] == "start" else f"You said {packet['payload'].get('body')}")]


async def close_code(contact: Contact) -> int | None:
    """Return the code that the server closes with, having read what came before it."""
    async with asyncio.timeout(10):
        try:
            while True:
                await contact.next()
        except ConnectionClosed:
            return contact.socket.close_code


async def test_a_message_is_acknowledged_and_answered_by_the_bot(tmp_path: Path) -> None:
    async with bot_server(echo) as bot, running_server(tmp_path) as server:
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as contact:
            await contact.ask("open")
            await contact.sees("message", body="Hello")

            ack = await contact.say("tea?")

            assert ack["type"] == "ack"
            await contact.sees("message", body="You said tea?")
            assert contact.seqs == list(range(1, len(contact.seqs) + 1))


@pytest.mark.guarantee("S4")
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil-shop.example",
        "https://shop.example.evil.com",
        "https://sub.shop.example",
        "https://shop.example:8443",
        "https://shop.example.",
        "https://shop.example/",
        "https://user@shop.example",
        "ftp://shop.example",
        "shop.example",
        "null",
        "*",
        "file://",
        "http://localhost:3000",
        "https://shop.example, https://evil.example",
    ],
)
async def test_a_page_of_another_origin_gets_nothing(tmp_path: Path, origin: str) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget(domains=("shop.example", "localhost:8000"))
        async with connected(server, widget, origin=origin) as contact:
            code = await close_code(contact)

        assert code == POLICY
        assert contact.frames == []


@pytest.mark.guarantee("S4")
@pytest.mark.parametrize(
    "origin", ["https://shop.example", "http://shop.example", "HTTPS://Shop.Example", "http://localhost:8000"]
)
async def test_a_page_of_a_listed_origin_is_welcome(tmp_path: Path, origin: str) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget(domains=("shop.example", "localhost:8000"))
        async with connected(server, widget, origin=origin) as contact:
            welcome = await contact.hello()

        assert welcome["widget"]["name"] == "Shop"


@pytest.mark.guarantee("S4")
async def test_the_platforms_own_pages_are_welcome_and_programs_without_an_origin_are_not(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with connected(server, widget, origin=server.url) as contact:
            await contact.hello()
        with pytest.raises(InvalidStatus) as refused:
            async with connected(server, widget, origin=None):
                pass

        assert refused.value.response.status_code == 403


async def test_an_unknown_widget_is_said_to_be_unknown(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        for query in ("?key=nobody", "", "?key=a&key=b"):
            url = f"{server.url.replace('http', 'ws', 1)}/widget/socket{query}"
            with pytest.raises(InvalidStatus) as refused:
                async with connect(url, proxy=None):
                    pass
            assert refused.value.response.status_code == 404


async def test_a_socket_that_says_nothing_is_closed(tmp_path: Path) -> None:
    async with running_server(tmp_path, patience=Patience(hello=0.1, silence=0.2)) as server:
        widget = await server.widget()
        async with connected(server, widget) as silent, visiting(server, widget) as dead:
            codes = [await close_code(silent), await close_code(dead)]

        assert codes == [CLOSE_NO_HELLO, 1001]


async def test_a_ping_keeps_a_quiet_socket_open(tmp_path: Path) -> None:
    async with running_server(tmp_path, patience=Patience(silence=1.0)) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            for _ in range(4):
                await asyncio.sleep(0.4)
                await contact.send("ping")
                await contact.until("pong")


@pytest.mark.guarantee("R9")
@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", CLOSE_MALFORMED),
        ("", CLOSE_MALFORMED),
        (b"\x00\x01", CLOSE_MALFORMED),
        ("[" * 30_000, CLOSE_MALFORMED),
        ('{"type": "say", "message_id": "1", "body": "' + "x" * 70_000 + '"}', 1009),
    ],
)
async def test_what_is_no_frame_ends_the_socket(tmp_path: Path, frame: str | bytes, code: int) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact, visiting(server, widget) as neighbour:
            await contact.socket.send(frame)

            assert await close_code(contact) == code
            await neighbour.send("ping")
            await neighbour.until("pong")


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "dance", "message_id": "m"},
        {"type": "say", "message_id": "m", "body": 7},
        {"type": "say", "message_id": "m"},
        {"type": "click", "message_id": "m", "conversation": "cv", "seq": "1", "option": True},
        {"type": "say", "message_id": "m", "body": "a\x00b"},
        {"type": "say", "message_id": "m", "body": "half a character: \ud83d"},
    ],
)
async def test_a_frame_at_fault_is_refused_and_the_socket_goes_on(tmp_path: Path, frame: dict[str, Any]) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            await contact.socket.send(json.dumps(frame))

            refused = await contact.until("refused")

            assert (refused["code"], refused["message_id"]) == ("malformed", "m")
            assert (await contact.say("still here"))["type"] == "ack"


async def test_before_hello_nothing_is_taken(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with connected(server, widget) as contact:
            await contact.send("say", message_id="m", body="Hi")

            assert await close_code(contact) == CLOSE_NO_HELLO


async def test_a_contact_who_writes_too_fast_is_slowed_and_not_cut_off(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            answers = [await contact.say(f"{number}") for number in range(20)]
            await contact.send("ping")
            await contact.until("pong")

            refused = [one for one in answers if one["type"] == "refused"]

            # The hello counted, too.
            assert len(refused) == 1
            assert refused[0]["code"] == "rate_limited"
            assert 0 < refused[0]["retry_after_ms"] <= 10_001


async def test_a_flood_is_cut_off(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            for _ in range(500):
                try:
                    await contact.send("ping")
                except ConnectionClosed:
                    break

            assert await close_code(contact) == CLOSE_FLOOD


async def test_a_contact_is_recognised_by_the_token_and_keeps_the_conversation(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            await contact.say("Remember me")
            token, shown = contact.token, contact.seqs

        async with visiting(server, widget, token=token) as again:
            assert again.token == token
            assert again.seqs == shown
            assert again.welcome.get("resumed", False) is False


@pytest.mark.guarantee("S24")
async def test_a_token_is_stored_as_its_hash_and_renewed_after_a_day(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            await contact.say("Hello")
        old = contact.token or ""
        server.clock.forward(seconds=TOKEN_AGE_MS / 1000)

        async with visiting(server, widget, token=old) as first, visiting(server, widget, token=old) as second:
            new = first.token or ""
        stored = await server.store.reader.contact_by_token(widget.id, sha256(new))
        async with visiting(server, widget, token=new):
            pass
        async with visiting(server, widget, token=old) as stranger:
            pass

        assert len(old) == len(new) == 43
        assert second.token == new != old
        assert stored is not None
        assert stored.token_sha256 == sha256(new)
        assert stranger.seqs == []


@pytest.mark.guarantee("S2")
async def test_a_token_is_worth_nothing_at_another_widget(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget, other = await server.widget(), await server.widget(name="Other")
        async with visiting(server, widget) as contact:
            await contact.say("Mine")

        async with visiting(server, other, token=contact.token) as stranger:
            assert stranger.entries == []
            assert stranger.token != contact.token


@pytest.mark.guarantee("S2")
@pytest.mark.guarantee("S3")
async def test_somebody_elses_conversation_looks_like_one_that_is_not_there(tmp_path: Path) -> None:
    bubbles = {"packet": {"name": "bubbles", "payload": {"body": "?", "options": ["a", "b"]}}}
    go = {"packet": {"name": "navigate", "payload": {"url": "https://shop.example/x"}}}
    async with bot_server(lambda _: [bubbles, go]) as bot, running_server(tmp_path) as server:
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as ann, visiting(server, widget) as bob:
            await ann.ask("open")
            offer = await ann.sees("bubbles")
            target = await ann.sees("navigate")
            before = ann.seqs

            for conversation in (ann.conversation or "", f"cv_{'0' * 32}", "nonsense"):
                asked = {"conversation": conversation}
                answers = [
                    await bob.ask("click", **asked, seq=offer["seq"], option=1),
                    await bob.ask("settle_navigation", **asked, seq=target["seq"], followed=True),
                    await bob.ask("end", **asked),
                ]
                await bob.send("earlier", **asked, before=100)
                answers.append(await bob.until("refused"))
                await bob.send("seen", **asked, seq=1)
                answers.append(await bob.until("refused"))
                assert {(one["type"], one["code"]) for one in answers} == {("refused", "unknown_entry")}
            await bob.hello(token=bob.token, conversation=ann.conversation, after=0)

            assert bob.entries == []
            assert bob.conversation is None
            await ann.say("Only me")
            assert ann.seqs[: len(before)] == before
            assert not any(one["kind"] in {"click", "navigated", "ended"} for one in ann.entries)


async def test_the_past_is_read_in_pages(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            for number in range(9):
                await contact.say(f"{number}")
            newest = contact.seqs[-1]

            await contact.send("earlier", conversation=contact.conversation, before=newest)
            history = await contact.until("history")

            assert [one["seq"] for one in history["entries"]] == list(range(1, newest))


async def test_a_hello_names_the_page_and_the_next_event_tells_it(tmp_path: Path) -> None:
    async with bot_server(echo) as bot, running_server(tmp_path) as server:
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as contact:
            await contact.ask("open")
            await contact.sees("message", body="Hello")
            await contact.send("page", page={**PAGE, "url": "https://shop.example/cups"})
            await contact.say("Hi")
            calls = await bot.called(2)

        urls = [call["info"]["conversation"]["url"] for call in calls]
        assert urls == ["https://shop.example/tea", "https://shop.example/cups"]
