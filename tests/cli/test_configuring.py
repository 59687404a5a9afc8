"""Groups, widgets and bots from the shell, with a server and without one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from frontdesk.actions.circuit import OpenCircuit
from frontdesk.core.ids import Instant
from tests.kit.contact import visiting
from tests.kit.server import bot_server, running_server
from tests.kit.shell import frontdesk, frontdesk_beside

HOOK = ("--webhook-url", "https://bots.example/hook")


def test_what_is_added_is_listed(tmp_path: Path) -> None:
    frontdesk("group", "add", "Support", data=tmp_path)
    widget = frontdesk(
        "widget", "add", "Shop", "--domain", "shop.example", "--group", "support", "--json", data=tmp_path
    ).json
    bot = frontdesk("bot", "add", "Ada", *HOOK, "--group", "1", "--header", "X-Key: 1", "--json", data=tmp_path).json

    groups, widgets, bots = (
        frontdesk(kind, "list", "--json", data=tmp_path).json for kind in ("group", "widget", "bot")
    )

    assert groups == [{"id": 1, "name": "Support"}]
    assert widgets == [widget]
    assert [(one["first_name"], one["groups"], one["webhook_headers"]) for one in bots] == [("Ada", [1], ["X-Key"])]
    assert bots[0]["api_url"] == bot["api_url"]


@pytest.mark.guarantee("B14")
def test_a_token_is_printed_once_and_replaced_by_another(tmp_path: Path) -> None:
    added = frontdesk("bot", "add", "Ada", *HOOK, data=tmp_path).out
    token = next(line.partition("FRONTDESK_TOKEN=")[2] for line in added.splitlines() if "FRONTDESK_TOKEN=" in line)

    new = frontdesk("bot", "token", "Ada", "--overlap", "60", data=tmp_path).out.strip()
    listed = [frontdesk("bot", "list", *more, data=tmp_path).out for more in ([], ["--json"])]

    assert len(token) >= 64
    assert new != token
    assert not any(secret in shown for secret in (token, new, "whsec_") for shown in listed)
    assert token[:8] in listed[0]


def test_a_token_may_be_pasted_but_not_a_short_one(tmp_path: Path) -> None:
    pasted = "0123456789abcdef" * 2

    added = frontdesk("bot", "add", "Ada", *HOOK, "--paste-token", "--json", data=tmp_path, typed=pasted + "\n")
    short = frontdesk("bot", "token", "Ada", "--paste", data=tmp_path, typed="short\n")

    assert added.json["token"] == pasted
    assert (short.code, "32" in short.err) == (1, True)


def test_edited_settings_replace_only_what_was_given(tmp_path: Path) -> None:
    frontdesk("widget", "add", "Shop", "--domain", "shop.example", "--accent", "#112233", data=tmp_path)
    frontdesk("bot", "add", "Ada", *HOOK, "--deadline", "5", data=tmp_path)

    widget = frontdesk("widget", "edit", "Shop", "--title", "Hi", "--json", data=tmp_path).json
    bot = frontdesk("bot", "edit", "1", "--paused", "--idempotent", "--json", data=tmp_path).json

    assert (widget["domains"], widget["look"]["accent"], widget["look"]["title"]) == (["shop.example"], "#112233", "Hi")
    assert (bot["deadline_s"], bot["paused"], bot["idempotent"]) == (5, True, True)


def test_the_snippet_is_one_script_element(tmp_path: Path) -> None:
    frontdesk("widget", "add", "Shop", "--key", "shop", data=tmp_path)

    env = {"FRONTDESK_PUBLIC_URL": "https://chat.example.org"}
    text = frontdesk("widget", "snippet", "shop", data=tmp_path, env=env).out

    assert (
        text
        == '<script async src="https://chat.example.org/loader.js" data-widget="shop" data-accent="#2f6f5e"></script>\n'
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("bot", "add", "Ada", "--webhook-url", "ftp://x"), 1, "webhook_url"),
        (("bot", "add", "Ada", *HOOK, "--group", "Nobody"), 1, "frontdesk group add"),
        (("bot", "add", "Ada", *HOOK, "--header", "nonsense"), 1, "Name: value"),
        (("bot", "add", "Ada", *HOOK, "--header", "Host: evil"), 1, "webhook_headers"),
        (("bot", "add", "Ada"), 2, "--webhook-url"),
        (("bot", "test", "Nobody"), 1, "No bot is called"),
        (("widget", "edit", "nothing", "--title", "x"), 1, "No widget is called"),
        (("widget", "add", "Shop", "--domain", "https://shop.example"), 1, "domains"),
        (("widget", "add", "Shop", "--accent", "red"), 1, "accent"),
        (("deliveries", "abcdef"), 1, "no record"),
    ],
)
def test_what_is_refused_says_why(tmp_path: Path, *, words: tuple[str, ...], code: int, said: str) -> None:
    result = frontdesk(*words, data=tmp_path)

    assert (result.code, result.out) == (code, "")
    assert said in result.err


def test_wrong_settings_are_said_before_anything_is_opened(tmp_path: Path) -> None:
    result = frontdesk("bot", "list", data=tmp_path / "desk", env={"FRONTDESK_PORT": "many"})

    assert result.code == 3
    assert "FRONTDESK_PORT" in result.err
    assert not (tmp_path / "desk").exists()


async def test_with_a_server_running_commands_go_through_it(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        await frontdesk_beside("group", "add", "Support", data=tmp_path)
        added = await frontdesk_beside("bot", "add", "Ada", *HOOK, "--group", "Support", "--json", data=tmp_path)
        refused = await frontdesk_beside("group", "add", "support", data=tmp_path)
        edited = await frontdesk_beside("bot", "edit", "Ada", "--slots", "7", "--event", "session_ended", data=tmp_path)

        directory = server.store.reader.directory()
        assert [one.name for one in directory.groups.values()] == ["Support"]
        assert edited.code == 0
        bot = directory.bots[added.json["id"]]
        assert (bot.slots, sorted(bot.events)) == (7, ["session_ended"])
        assert (refused.code, "already" in refused.err) == (1, True)


async def test_only_the_servers_own_user_can_reach_it(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        mode = server.app.settings.control_path.stat().st_mode

        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
    assert not server.app.settings.control_path.exists()


async def test_a_webhook_is_tried_and_its_signature_check_too(tmp_path: Path) -> None:
    greeting = {"packet": {"name": "message", "payload": {"body": "Hi"}}, "mood": "good"}
    async with bot_server(lambda _: [greeting]) as hook, running_server(tmp_path) as server:
        await server.shop(hook)

        result = await frontdesk_beside("bot", "test", "Robo", data=tmp_path)

        assert result.code == 0
        assert "start: ok, status 200" in result.out
        assert "answered with message" in result.out
        assert "$[0].mood" in result.out
        assert "does not verify signatures" in result.out
        assert [call["packet"]["name"] for call in hook.calls] == ["start", "start"]
        assert hook.headers[0]["webhook-signature"] != hook.headers[1]["webhook-signature"]
        assert await server.store.reader.attempts() == ()


@pytest.mark.guarantee("F26")
async def test_a_bot_that_is_offline_is_listed_as_such_and_comes_back_by_a_test(tmp_path: Path) -> None:
    async with bot_server() as hook, running_server(tmp_path) as server:
        _, made = await server.shop(hook)
        await server.store.ledger.run(OpenCircuit(bot_id=made.bot.id, fault="timeout", started_at=Instant(0)))

        offline = await frontdesk_beside("bot", "list", data=tmp_path)
        with capture_logs() as logs:
            tested = await frontdesk_beside("bot", "test", "Robo", data=tmp_path)
        online = await frontdesk_beside("bot", "list", data=tmp_path)

    assert "offline (timeout), next try" in offline.out
    assert "gets new conversations again" in tested.out
    assert "offline" not in online.out
    assert [log["log_level"] for log in logs if log["event"] == "bot.online"] == ["warning"]


async def test_a_webhook_at_fault_is_told_the_place_and_the_fix(tmp_path: Path) -> None:
    faulty = {"packet": {"name": "message", "payload": {"body": ""}}}
    async with bot_server(lambda _: [faulty]) as hook, running_server(tmp_path) as server:
        await server.shop(hook)

        result = await frontdesk_beside("bot", "test", "Robo", data=tmp_path)

        assert result.code == 1
        assert "invalid_event" in result.out
        assert "$[0].packet.payload.body" in result.out
        assert "bot-protocol.md" in result.out


@pytest.mark.guarantee("X12")
async def test_the_delivery_log_is_listed_and_shown_whole(tmp_path: Path) -> None:
    async with bot_server() as hook, running_server(tmp_path) as server:
        widget, _ = await server.shop(hook, webhook_headers=(("X-Key", "hunter2-hunter2"),))
        async with visiting(server, widget) as contact:
            await contact.ask("open")
            await contact.say("Is my tea there?")
            await hook.called(2)
        await server.logged(2)

        listed = await frontdesk_beside("deliveries", "--bot", "Robo", data=tmp_path)
        records = [
            one for one in (await frontdesk_beside("deliveries", "--json", data=tmp_path)).out.splitlines() if one
        ]
        cid = hook.calls[0]["info"]["cid"]
        attempt = (await server.store.reader.attempts())[0]
        whole = await frontdesk_beside("deliveries", attempt.id[:8], data=tmp_path)

        assert [word in listed.out for word in ("start", "message", "ok", "Robo")] == [True] * 4
        assert len(records) == 2
        assert cid in whole.out
        assert "Is my tea there?" in whole.out
        assert "hunter2" not in whole.out
        other = await frontdesk_beside("deliveries", "--cid", "chatbot::1:0", data=tmp_path)
        assert other.out == "No calls yet.\n"
