"""The doctor finds what is wrong, names the way out, and changes nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from frontdesk.core.ids import BotId
from frontdesk.store.sqlite.folder import DATA_FILE
from tests.crash.harness import free_port
from tests.kit.server import bot_server, running_server
from tests.kit.shell import Output, frontdesk, frontdesk_beside


def states(output: Output) -> dict[str, str]:
    """Return the gravest state of each subject."""
    order = ("skipped", "ok", "warning", "failure")
    found: dict[str, str] = {}
    for one in output.json:
        found[one["about"]] = max(found.get(one["about"], "skipped"), one["state"], key=order.index)
    return found


def finding(output: Output, about: str) -> dict[str, Any]:
    return next(one for one in output.json if one["about"] == about and one["state"] != "ok")


async def test_a_healthy_server_has_nothing_wrong(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with bot_server() as bot, running_server(data) as server:
        await server.shop(bot)
        env = {"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", "FRONTDESK_PUBLIC_URL": server.url}

        output = await frontdesk_beside("doctor", "--json", data=data, **env)
        quiet = list(bot.calls)
        called = await frontdesk_beside("doctor", "--call", data=data, **env)

    assert set(states(output).values()) == {"ok"}, output.out
    assert (output.code, quiet) == (0, [])
    assert set(states(output)) == {
        "settings",
        "data folder",
        "disk",
        "clock",
        "store",
        "schema",
        "server",
        "bot 1 (Robo)",
    }
    assert len(bot.calls) == 2
    assert (called.code, "does not check" in called.out or "wrong signature" in called.out) == (0, True)


async def test_what_cannot_be_reached_is_named_with_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "data"
    closed = f"http://127.0.0.1:{free_port()}"
    async with running_server(data) as server:
        await server.bot(f"{closed}/")
        await server.bot("http://10.9.8.7/")
        await server.bot("http://no-such-host.invalid/")
        env = {"FRONTDESK_ALLOWED_PRIVATE": "127.0.0.1", "FRONTDESK_PUBLIC_URL": closed}

        output = await frontdesk_beside("doctor", "--json", data=data, **env)

    assert output.code == 1
    bots = [one for one in output.json if one["about"].startswith("bot")]
    assert [one["state"] for one in bots] == ["failure"] * 3
    assert "FRONTDESK_ALLOWED_PRIVATE" in bots[1]["fix"]
    assert "FRONTDESK_PUBLIC_URL" in finding(output, "server")["fix"]


def test_without_a_folder_nothing_is_made(tmp_path: Path) -> None:
    output = frontdesk("doctor", "--json", data=tmp_path / "data")

    assert output.code == 0
    assert states(output)["store"] == states(output)["server"] == "skipped"
    assert not (tmp_path / "data").exists()


def test_a_folder_that_others_may_read_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)

    output = frontdesk("doctor", "--json", data=tmp_path / "data")

    assert (output.code, finding(output, "data folder")["fix"].startswith("chmod 700")) == (0, True)


def test_a_damaged_database_is_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert frontdesk("group", "add", "Sales", data=data).code == 0
    file = data / DATA_FILE
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)

    output = frontdesk("doctor", "--json", data=data)

    assert (output.code, "restore" in finding(output, "store")["fix"]) == (1, True)


def test_a_clock_that_went_back_is_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert frontdesk("group", "add", "Sales", data=data).code == 0
    db = sqlite3.connect(data / DATA_FILE)
    row = (BotId(1), "k", "", 200, b"", 4_000_000_000_000)
    db.execute("INSERT INTO remembered (bot_id, key, body_sha256, status, answer, at) VALUES (?, ?, ?, ?, ?, ?)", row)
    db.commit()
    db.close()

    output = frontdesk("doctor", "--json", data=data)

    assert (output.code, "Set the clock" in finding(output, "clock")["fix"]) == (1, True)


@pytest.mark.guarantee("X10")
def test_a_wrong_setting_is_a_finding(tmp_path: Path) -> None:
    output = frontdesk("doctor", data=tmp_path, env={"FRONTDESK_PORT": "http"})

    assert output.code == 1
    assert "FRONTDESK_PORT" in output.out
    assert "FAIL" in output.out
