"""The API URL: every status that a bot can meet there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from frontdesk.actions.configure import IssueToken, SaveBot
from frontdesk.app import open_store
from frontdesk.settings import Settings
from tests.kit.bot_api import bot_in_charge
from tests.kit.contact import visiting
from tests.kit.server import Failing, bot_server, running_server

FOREVER = "x" * 300_000


def content_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_a_call_is_applied_and_shown(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        answer = await bot.post([bot.event(body="One"), bot.event(body="Two")])

        assert answer.status == 200
        assert answer.json["accepted"] == 2
        assert answer.headers["ratelimit-remaining"] == "19"
        seen = [await bot.contact.sees("message", body=text) for text in ("One", "Two")]
        assert answer.json["seqs"] == [one["seq"] for one in seen]


async def test_a_single_event_needs_no_list_and_nothing_is_a_list_too(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        single, empty = await bot.post(bot.event()), await bot.post([])

        assert (single.status, single.json["accepted"]) == (200, 1)
        assert (empty.status, empty.json["accepted"]) == (200, 0)


@pytest.mark.guarantee("B1")
async def test_unknown_foreign_and_malformed_cids_look_the_same(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot, bot_server() as other_hook:
        other = await bot.server.bot(other_hook.url, first_name="Other")
        stranger = replace(bot, bot=other)
        unknown = f"chatbot::{bot.bot.bot.id}:{'0' * 32}"

        answers = [
            await bot.post(bot.event(cid=unknown)),
            await bot.post(bot.event(cid="nonsense")),
            await stranger.post(bot.event(cid=bot.cid)),
        ]

        assert {one.status for one in answers} == {404}
        assert len({one.body for one in answers}) == 1
        assert not any(one["kind"] == "message" for one in bot.contact.entries)


@pytest.mark.guarantee("S25")
async def test_a_wrong_token_and_an_unknown_bot_look_the_same(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        nobody = f"{bot.server.url}/api/v1/bots/{'0' * 32}/events"

        answers = [
            await bot.post([], headers={"security-token": "wrong"}),
            await bot.post([], headers={"security-token": ""}),
            await bot.post([], headers={"security-token": "é" * 40}),
            await bot.post([], url=nobody),
            await bot.post(
                [],
                url=f"{bot.server.api_url(bot.bot.bot)}?SECURITY-TOKEN={bot.bot.token}",
                headers={"security-token": ""},
            ),
        ]

        assert {(one.status, one.body) for one in answers} == {(401, answers[0].body)}


@pytest.mark.guarantee("B14")
async def test_a_new_token_leaves_the_old_one_valid_for_its_overlap_and_no_longer(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        new = await bot.server.store.ledger.run(IssueToken(bot_id=bot.bot.bot.id, overlap_s=60))

        both = [(await bot.post([])).status, (await bot.post([], headers={"security-token": new})).status]
        bot.server.clock.forward(seconds=61)
        later = [(await bot.post([])).status, (await bot.post([], headers={"security-token": new})).status]

        assert (both, later) == ([200, 200], [401, 200])


@pytest.mark.guarantee("B14")
async def test_the_store_holds_no_token_in_the_clear(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        await bot.post(bot.event())
        token = bot.bot.token
    written = content_of(tmp_path)

    assert token.encode() not in written
    assert len(token) >= 64


async def test_twenty_failures_in_a_minute_close_the_door_to_an_address(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        wrong = [await bot.post([], headers={"security-token": "wrong"}) for _ in range(20)]

        right = await bot.post([])

        assert {one.status for one in wrong} == {401}
        assert right.status == 429
        assert 0 < int(right.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b"\xff\xfe", 400, "invalid_json"),
        (b'"text"', 422, "invalid_event"),
        (b"[1]", 422, "invalid_event"),
        (b'{"packet": {"name": "message", "payload": {"body": "no cid"}}}', 422, "invalid_event"),
        (b'[{"a": 1, "a": 2}]', 422, "unsafe_json"),
        (FOREVER.encode(), 413, "too_large"),
    ],
)
async def test_a_document_at_fault_is_refused_by_its_kind(
    tmp_path: Path, *, body: bytes, status: int, code: str
) -> None:
    async with bot_in_charge(tmp_path) as bot:
        answer = await bot.post(body)

        assert (answer.status, answer.code) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.guarantee("D19")
async def test_every_fault_is_named_by_its_path_and_nothing_is_applied(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        document = [bot.event(body="fine"), bot.event(body=""), bot.event("bubbles", body="?", options=[])]

        answer = await bot.post(document)

        assert answer.status == 422
        assert answer.paths == ["$[1].packet.payload.body", "$[2].packet.payload.options"]
        assert (await bot.post(bot.event(body="after"))).status == 200
        await bot.contact.sees("message", body="after")
        assert not any(one.get("body") == "fine" for one in bot.contact.entries)


async def test_a_context_over_ten_kilobytes_is_too_large(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        event = bot.event()
        event["info"]["context"] = {"a": "x" * 10_240}

        answer = await bot.post(event)

        assert (answer.status, answer.code) == (413, "context_too_large")


@pytest.mark.guarantee("O6")
async def test_a_body_without_a_length_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:

        async def endless() -> object:
            for _ in range(64):
                yield b" " * 65_536

        headers = {"security-token": bot.bot.token}
        try:
            async with bot.http.post(bot.server.api_url(bot.bot.bot), data=endless(), headers=headers) as response:
                status = response.status
        except aiohttp.ClientConnectionError:
            # The server had answered and hung up while the body was still being sent.
            status = 413

        assert status == 413


async def test_an_unknown_group_is_named_with_those_there_are(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        answer = await bot.post(bot.event("forward_group", group_id="Nobody"))

        assert (answer.status, answer.code) == (422, "unknown_group")
        assert answer.paths == ["$.packet.payload.group_id"]
        assert "Support" in answer.json["detail"]


@pytest.mark.guarantee("B2")
async def test_after_the_end_a_session_takes_nothing_more(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        last = await bot.post([bot.event("end"), bot.event(body="too late")])

        later = await bot.post(bot.event(body="too late"))

        assert (last.json["accepted"], last.json["ignored"]) == (1, ["$[1]"])
        assert (later.status, later.code) == (409, "session_over")
        await bot.contact.sees("ended")
        assert not any(one.get("body") == "too late" for one in bot.contact.entries)


@pytest.mark.guarantee("B3")
async def test_an_expired_session_is_not_resumed(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        bot.server.clock.forward(seconds=bot.widget.live_timeout_s + 1)
        await bot.contact.sees("ended", reason="expired")

        answer = await bot.post(bot.event())

        assert (answer.status, answer.code) == (409, "session_expired")


@pytest.mark.guarantee("B6")
async def test_the_twenty_first_call_in_any_minute_is_refused(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        first = [(await bot.post(bot.event("typing", seconds=1))).status for _ in range(20)]

        over = await bot.post(bot.event())
        bot.server.clock.forward(seconds=61)
        again = await bot.post(bot.event())

        assert first == [200] * 20
        assert (over.status, over.code) == (429, "rate_limited")
        assert 0 < int(over.headers["retry-after"]) <= 60
        assert over.headers["ratelimit-remaining"] == "0"
        assert again.status == 200


@pytest.mark.guarantee("B6")
async def test_another_session_and_the_webhooks_answers_do_not_count(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        bot.hook.answer = lambda _: [{"packet": {"name": "message", "payload": {"body": "Yes?"}}}]
        for _ in range(20):
            await bot.post(bot.event("typing", seconds=1))
        full = bot.cid

        await bot.contact.say("Hello?")
        await bot.contact.sees("message", body="Yes?")
        async with visiting(bot.server, bot.widget) as other:
            await other.ask("open")
            await bot.hook.called(3)
            elsewhere = await bot.post(bot.event())

        assert bot.cid != full
        assert elsewhere.status == 200
        assert (await bot.post(bot.event(cid=full))).status == 429


@pytest.mark.guarantee("B7")
async def test_racing_calls_with_one_key_have_one_effect(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        key = {"idempotency-key": "order 1042"}
        event = bot.event(body="Once")

        answers = await asyncio.gather(*(bot.post(event, headers=key) for _ in range(20)))
        repeated = await bot.post(event, headers=key)
        await bot.post(bot.event(body="Last"))
        await bot.contact.sees("message", body="Last")

        assert {one.status for one in answers} <= {200, 409}
        assert {one.body for one in answers if one.status == 200} == {repeated.body}
        assert all(one.code == "key_in_progress" for one in answers if one.status == 409)
        assert [one["body"] for one in bot.contact.entries if one["kind"] == "message"] == ["Once", "Last"]


@pytest.mark.guarantee("B7")
async def test_a_key_is_for_one_body_and_one_bot(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot, bot_server() as other_hook:
        key = {"idempotency-key": "k"}
        other = replace(bot, bot=await bot.server.bot(other_hook.url, first_name="Other"))
        await bot.post(bot.event(body="Once"), headers=key)

        reused = await bot.post(bot.event(body="Something else"), headers=key)
        elsewhere = await other.post(bot.event(body="Once"), headers=key)

        assert (reused.status, reused.code) == (422, "key_reused")
        assert elsewhere.status == 404


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "é"])
async def test_a_key_is_short_and_printable(tmp_path: Path, key: str) -> None:
    async with bot_in_charge(tmp_path) as bot:
        answer = await bot.post(bot.event(), headers={"idempotency-key": key})

        assert (answer.status, answer.code) == (422, "invalid_key")


async def test_only_post_is_taken(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        async with bot.http.get(bot.server.api_url(bot.bot.bot)) as response:
            status, allowed = response.status, response.headers["allow"]

        assert (status, allowed) == (405, "POST")


@pytest.mark.guarantee("X5")
async def test_a_store_that_cannot_save_is_said_to_be_away(tmp_path: Path) -> None:
    store = Failing(await open_store(Settings(data=tmp_path)))
    async with bot_server() as hook, running_server(tmp_path, store=store) as server, aiohttp.ClientSession() as http:
        widget, bot = await server.shop(hook)
        async with visiting(server, widget) as contact:
            await contact.ask("open")
            calls = await hook.called(1)
            event = {"info": {"cid": calls[0]["info"]["cid"]}, "packet": {"name": "abort"}}
            store.broken = True

            headers = {"security-token": bot.token}
            async with http.post(server.api_url(bot.bot), json=event, headers=headers) as response:
                status, wait = response.status, response.headers["retry-after"]
            refused = await contact.say("Anybody?")

            assert (status, wait) == (503, "1")
            assert (refused["type"], refused["code"]) == ("refused", "unavailable")
            assert refused["retry_after_ms"] > 0
            store.broken = False


async def test_typing_is_shown_and_not_stored(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        answer = await bot.post(bot.event("typing", seconds=7))

        shown = await bot.contact.until("typing", seconds=7.0)

        assert answer.json["seqs"] == []
        assert shown["conversation"] == bot.contact.conversation


@pytest.mark.guarantee("S24")
async def test_every_call_is_in_the_delivery_log_without_its_token(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        await bot.post([bot.event(), bot.event("note", body="hm")])
        await bot.post(bot.event("forward_group", group_id=99))

        records = [one for one in await bot.server.store.reader.attempts() if one.door == "api"]

        assert [(one.packet, one.outcome) for one in records] == [("forward_group", "refused"), ("message,note", "ok")]
        assert bot.bot.token not in repr(records)


async def test_a_paused_bot_may_still_finish_what_it_is_in_charge_of(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        stored = bot.server.store.reader.directory().bots[bot.bot.bot.id]
        await bot.server.store.ledger.run(SaveBot(before=stored, after=replace(stored, paused=True)))

        answer = await bot.post(bot.event("end"))

        assert answer.status == 200
