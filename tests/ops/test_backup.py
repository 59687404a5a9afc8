"""A backup is made while people talk, and restored without waking the past."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from frontdesk.core.entries import BotFailed
from frontdesk.core.ids import ConversationId, Seq
from frontdesk.store.sqlite.folder import DATA_FILE
from tests.kit.contact import Contact, visiting
from tests.kit.server import BotServer, bot_server, running_server
from tests.kit.shell import frontdesk, frontdesk_beside

TALKERS = 4


def echo(call: dict[str, Any]) -> list[dict[str, Any]]:
    body = call["packet"]["payload"].get("body")
    return [{"packet": {"name": "message", "payload": {"body": f"re: {body}"}}}] if body else []


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(file)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def names(folder: Path, beginning: str) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(beginning))


async def talk(tab: Contact, *, until: asyncio.Event) -> None:
    number = 0
    while not until.is_set():
        await tab.say(f"{number}")
        number += 1
        await asyncio.sleep(0.6)


@pytest.mark.guarantee("X4")
async def test_a_backup_under_load_is_whole_and_of_one_moment(tmp_path: Path) -> None:
    file, over = tmp_path / "copy.frontdesk", asyncio.Event()
    async with bot_server(echo) as bot, running_server(tmp_path / "data") as server:
        widget, _ = await server.shop(bot)
        async with (
            visiting(server, widget) as one,
            visiting(server, widget) as two,
            visiting(server, widget) as three,
            asyncio.TaskGroup() as talking,
        ):
            for tab in (one, two, three):
                talking.create_task(talk(tab, until=over))
            await bot.called(8)
            before = await server.store.reader.attempts()
            output = await frontdesk_beside("backup", str(file), data=tmp_path / "data")
            after = await server.store.reader.attempts()
            over.set()

    assert (output.code, file.stat().st_mode & 0o777) == (0, 0o600), output.err
    assert names(tmp_path, "copy") == [file.name]
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]
    assert rows(file, "PRAGMA foreign_key_check") == []
    gaps = "SELECT id FROM conversations WHERE last_seq <> (SELECT COUNT(*) FROM entries WHERE conversation_id = id)"
    assert rows(file, gaps) == []
    kept = {row[0] for row in rows(file, "SELECT id FROM attempts")}
    assert {attempt.id for attempt in before} <= kept <= {attempt.id for attempt in after}


async def past(tmp_path: Path, bot: BotServer, file: Path) -> Contact:
    """Make a backup while the bot owes an answer; return the contact's tab, as it was then."""
    async with running_server(tmp_path / "data") as server:
        widget, _ = await server.shop(bot, deadline_s=2)
        async with visiting(server, widget) as tab:
            await tab.say("one")
            await tab.sees("message", body="re: one")
            await tab.say("hang")
            await bot.called(3)
            assert (await frontdesk_beside("backup", str(file), data=tmp_path / "data")).code == 0
            await tab.say("after the backup")
        return tab


@pytest.mark.guarantee("X4")
@pytest.mark.guarantee("R2")
async def test_what_is_restored_calls_no_bot_again_and_is_another_log_for_browsers(tmp_path: Path) -> None:
    file, never = tmp_path / "copy", asyncio.Event()

    async def answer(call: dict[str, Any]) -> Any:
        if call["packet"]["payload"].get("body") == "hang":
            await never.wait()
        return echo(call)

    async with bot_server(answer) as bot:
        tab = await past(tmp_path, bot, file)
        await asyncio.sleep(2.5)
        calls = len(bot.calls)

        output = await frontdesk_beside("restore", str(file), data=tmp_path / "new")

        async with running_server(tmp_path / "new") as server:
            widget = next(iter(server.store.reader.directory().widgets.values()))
            has = {"conversation": tab.conversation, "after": tab.seqs[-1], "epoch": tab.epoch}
            async with visiting(server, widget, token=tab.token, **has) as again:
                await asyncio.sleep(1.5)
                log = await server.store.reader.history(
                    ConversationId(tab.conversation or ""), before=Seq(1000), limit=100
                )
                records = await server.store.reader.attempts()

    assert output.code == 0, output.err
    assert "1 deliveries of the past are closed" in output.out
    assert len(bot.calls) == calls
    assert [one.outcome for one in records].count("stale") == 1
    assert [one.content.fault for one in log if isinstance(one.content, BotFailed)] == ["stale"]
    assert again.epoch != tab.epoch
    assert again.welcome.get("resumed", False) is False
    assert "after the backup" not in [one.get("body") for one in again.entries]
    assert again.seqs == [one.seq for one in log]


@pytest.mark.guarantee("X4")
async def test_a_folder_that_is_in_use_or_holds_data_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "copy"
    async with running_server(tmp_path / "data") as server:
        await server.group("Before")
        assert (await frontdesk_beside("backup", str(file), data=tmp_path / "data")).code == 0
        await server.group("After")
        busy = await frontdesk_beside("restore", str(file), "--replace", data=tmp_path / "data")
        twice = await frontdesk_beside("backup", str(file), data=tmp_path / "data")

    refused = await frontdesk_beside("restore", str(file), data=tmp_path / "data")
    after = await frontdesk_beside("group", "list", "--json", data=tmp_path / "data")
    replaced = await frontdesk_beside("restore", str(file), "--replace", data=tmp_path / "data")
    before = await frontdesk_beside("group", "list", "--json", data=tmp_path / "data")

    assert (busy.code, "in use" in busy.err) == (3, True)
    assert (twice.code, "already" in twice.err) == (1, True)
    assert (refused.code, "--replace" in refused.err) == (1, True)
    assert [one["name"] for one in after.json] == ["Before", "After"]
    assert replaced.code == 0
    assert [one["name"] for one in before.json] == ["Before"]
    aside = names(tmp_path / "data", f"{DATA_FILE}.before-")
    assert len(rows(tmp_path / "data" / aside[0], "SELECT name FROM groups")) == 2
    assert not (tmp_path / "data" / "restoring").exists()


@pytest.mark.guarantee("X4")
def test_a_file_that_is_no_whole_backup_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "copy"
    assert frontdesk("group", "add", "Sales", data=data).code == 0
    assert frontdesk("backup", str(file), data=data).code == 0
    whole = file.read_bytes()
    bad = {
        "text": b"not a database",
        "torn": whole[: len(whole) // 2],
        "foreign": whole[:68] + b"\0\0\0\0" + whole[72:],
        "scribbled": whole[:8192] + b"\xff" * 4096 + whole[12288:],
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)

    outputs = {name: frontdesk("restore", str(tmp_path / name), "--replace", data=data) for name in (*bad, "missing")}

    assert {name: one.code for name, one in outputs.items() if one.code not in {1, 3}} == {}
    assert [name for name, one in outputs.items() if name not in one.err] == []
    assert [one["name"] for one in frontdesk("group", "list", "--json", data=data).json] == ["Sales"]


async def test_a_backup_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    async with running_server(tmp_path / "data"):
        output = await frontdesk_beside("backup", str(tmp_path / "nowhere" / "copy"), data=tmp_path / "data")

    assert output.code == 3
    assert "cannot be written" in output.err
