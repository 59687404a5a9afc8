"""No entry is lost or shown twice, however often a socket is cut, and whoever sends what twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from frontdesk.core.ids import ConversationId, Seq
from tests.kit.contact import Contact, visiting
from tests.kit.server import bot_server, running_server


def message(body: str) -> dict[str, Any]:
    return {"packet": {"name": "message", "payload": {"body": body}}}


@pytest.mark.guarantee("R1")
@pytest.mark.guarantee("R3")
async def test_a_tab_that_is_cut_again_and_again_shows_the_log_of_the_store(tmp_path: Path) -> None:
    async with (
        bot_server(lambda call: [message(f"echo {call['packet']['payload'].get('body')}"), message("more")]) as bot,
        running_server(tmp_path) as server,
    ):
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as writer:
            await writer.ask("open")
            shown: list[dict[str, Any]] = []

            async def write() -> None:
                for number in range(15):
                    await writer.say(f"{number}")
                    await asyncio.sleep(0.02)

            async def look_again_and_again() -> None:
                for _ in range(25):
                    after = shown[-1]["seq"] if shown else 0
                    has = {"conversation": writer.conversation, "after": after}
                    async with visiting(server, widget, token=writer.token, **has) as tab:
                        assert tab.welcome["resumed"] is True
                        await _listen(tab, seconds=0.03)
                    shown.extend(tab.entries)

            await asyncio.gather(write(), look_again_and_again())
            await writer.sees("message", body="echo 14")
            await writer.sees("message", body="more", seq=writer.seqs[-1] + (writer.entries[-1]["body"] != "more"))
            async with visiting(
                server, widget, token=writer.token, conversation=writer.conversation, after=shown[-1]["seq"]
            ) as tab:
                shown.extend(tab.entries)

        stored = await server.store.reader.history(
            ConversationId(writer.conversation or ""), before=Seq(10_000), limit=1000
        )
        assert [one["seq"] for one in shown] == [one.seq for one in stored]
        assert shown == writer.entries


async def _listen(tab: Contact, *, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while True:
                await tab.next()
    except TimeoutError:
        return


@pytest.mark.guarantee("R2")
async def test_what_cannot_be_continued_is_sent_anew(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as contact:
            await contact.say("One")
            has = {"token": contact.token, "after": 1}
            newest = contact.seqs[-1]

            async with visiting(server, widget, **has, conversation=contact.conversation) as known:
                assert known.welcome["resumed"] is True
                assert known.seqs == list(range(2, newest + 1))
            elsewhere = {"conversation": f"cv_{'0' * 32}", "after": 1}
            for stale in (
                elsewhere,
                {"after": newest + 7},
                {"after": 1, "epoch": "0" * 32},
                {"after": 1, "epoch": None},
            ):
                asked = {"token": contact.token, "conversation": contact.conversation, **stale}
                async with visiting(server, widget, **asked) as lost:
                    assert lost.welcome.get("resumed", False) is False
                    assert lost.seqs == list(range(1, newest + 1))


@pytest.mark.guarantee("D3")
async def test_a_message_sent_again_changes_nothing(tmp_path: Path) -> None:
    async with bot_server() as bot, running_server(tmp_path) as server:
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as tab, visiting(server, widget, token=tab_token(tab)) as other:
            first = await tab.say("Once", message_id="m-1")

            again = [
                await tab.say("Once", message_id="m-1"),
                await other.say("Once, but different", message_id="m-1"),
                await other.say("Once", message_id="m-1"),
            ]

            assert [one["seq"] for one in again] == [first["seq"]] * 3
            await bot.called(2)
            assert [one.get("body") for one in tab.entries if one["kind"] == "message"] == ["Once"]
            assert [call["packet"]["name"] for call in bot.calls] == ["start", "message"]


def tab_token(tab: Contact) -> str:
    assert tab.token is not None
    return tab.token


@pytest.mark.guarantee("D14")
@pytest.mark.guarantee("D15")
async def test_ten_tabs_that_open_at_once_share_one_conversation_and_one_start(tmp_path: Path) -> None:
    async with bot_server(lambda _: [message("Hello")]) as bot, running_server(tmp_path) as server:
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as first:
            pass

        async def open_tab(number: int) -> tuple[str | None, list[int]]:
            async with visiting(server, widget, token=first.token) as tab:
                opened = await tab.ask("open", message_id=f"open-{number}")
                await tab.sees("message", body="Hello")
                return opened["conversation"], tab.seqs

        tabs = await asyncio.gather(*(open_tab(number) for number in range(10)))

        assert len({conversation for conversation, _ in tabs}) == 1
        assert {tuple(seqs) for _, seqs in tabs} == {(1, 2)}
        assert [call["packet"]["name"] for call in bot.calls] == ["start"]


@pytest.mark.guarantee("B8")
async def test_two_tabs_see_the_same_and_one_click_counts(tmp_path: Path) -> None:
    bubbles = {"packet": {"name": "bubbles", "payload": {"body": "?", "options": ["a", "b"]}}}
    async with (
        bot_server(lambda call: [bubbles] if call["packet"]["name"] == "start" else []) as bot,
        running_server(tmp_path) as server,
    ):
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as tab, visiting(server, widget, token=tab_token(tab)) as other:
            await tab.ask("open")
            offer = await other.sees("bubbles")
            click = {"conversation": other.conversation, "seq": offer["seq"]}

            answers = await asyncio.gather(tab.ask("click", **click, option=1), other.ask("click", **click, option=2))

            assert sorted(one["type"] for one in answers) == ["ack", "refused"]
            chosen = await tab.sees("click")
            assert await other.sees("click") == chosen
            calls = await bot.called(2)
            assert [call["packet"]["name"] for call in calls] == ["start", "click"]


async def test_a_note_keeps_its_number_and_hides_its_text(tmp_path: Path) -> None:
    note = {"packet": {"name": "note", "payload": {"body": "secret"}}}
    async with bot_server(lambda _: [note, message("Hello")]) as bot, running_server(tmp_path) as server:
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as tab:
            await tab.ask("open")
            await tab.sees("message", body="Hello")

            assert [one["kind"] for one in tab.entries] == ["joined", "hidden", "message"]
            assert "secret" not in repr(tab.frames)


async def test_a_socket_that_is_asked_hello_again_starts_afresh(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as tab:
            await tab.say("One")
            shown = tab.seqs

            welcome = await tab.hello(token=tab.token)
            await tab.say("Two")

            assert [one["seq"] for one in welcome["entries"]] == shown
            await tab.sees("message", body="Two")
            assert tab.seqs == sorted(set(tab.seqs))
            assert server.app.hub.listening() == 1
