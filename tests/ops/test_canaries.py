"""Secrets are put into every place that takes one, the server is used in all ways, and nothing that it writes has them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, Literal

import aiohttp
import pytest
import structlog
from aiohttp import web

from frontdesk.core.people import Bot
from frontdesk.logs import configure_logs
from frontdesk.settings import Settings, SettingsInvalid, read
from tests.kit.contact import visiting
from tests.kit.server import Running, bot_server, running_server
from tests.kit.shell import frontdesk_beside

HEADER = "canary-of-a-webhook-header"
GUESS = "canary-of-a-wrong-token"
METRICS = "canary-of-the-metrics"


def answers(call: dict[str, Any], seen: list[dict[str, str]], *, secret: str) -> Any:
    """Answer in all ways; a failing bot shows everything that it was sent."""
    body = call["packet"]["payload"].get("body", "")
    echoed = json.dumps(seen[-1]) + HEADER + secret
    if body == "fail":
        return web.Response(status=500, text=echoed, headers={"X-Echo": HEADER, "Set-Cookie": f"id={GUESS}"})
    if body == "nonsense":
        return web.Response(text=echoed)
    return [{"packet": {"name": "message", "payload": {"body": "Hello"}}}]


async def use(server: Running, bot: Bot, *, token: str) -> str:
    """Let a contact talk, and callers with right and wrong tokens call; return the contact's token."""
    widget = next(iter(server.store.reader.directory().widgets.values()))
    async with visiting(server, widget) as tab:
        for body in ("one", "nonsense", "fail", "two"):
            await tab.say(body)
        await server.logged(4)
        contact_token = tab.token or ""
    async with aiohttp.ClientSession() as http:
        for header in (token, GUESS, f"{token}é"):
            call = {"headers": {"SECURITY-TOKEN": header, "Authorization": f"Bearer {GUESS}"}, "data": b"{"}
            async with http.post(server.api_url(bot), **call) as response:  # type: ignore[arg-type]
                await response.read()
        for value in (METRICS, GUESS):
            async with http.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {value}"}) as response:
                await response.read()
    return contact_token


@pytest.mark.guarantee("S24")
@pytest.mark.parametrize("form", ["text", "json"])
async def test_no_secret_is_in_anything_that_is_written(
    tmp_path: Path, form: Literal["text", "json"], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_server() as bot, running_server(tmp_path, metrics_token=METRICS) as server:
        monkeypatch.setattr(sys, "stderr", out := io.StringIO())
        configure_logs(form, level=10, cached=False)
        _, made = await server.shop(bot, webhook_headers=(("X-Bot-Key", HEADER),), on_failure="message")
        bot.answer = lambda call: answers(call, bot.headers, secret=made.secret)

        contact_token = await use(server, made.bot, token=made.token)

        shown = [await frontdesk_beside(*words, data=tmp_path) for words in SHOWING]
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {METRICS}"}) as response,
        ):
            metrics = await response.text()
        stored = tables(server)
    structlog.reset_defaults()

    canaries = {HEADER, made.secret, made.secret.removeprefix("whsec_"), made.token, contact_token, GUESS, METRICS}
    text = out.getvalue() + "".join(one.out + one.err for one in shown) + metrics + repr(server.app.settings)
    assert "delivery.attempted" in text
    assert "X-Bot-Key" in text
    assert [one for one in canaries if one in text] == []
    assert [(name, one) for name, rows in stored.items() for one in canaries if name != "bots" and one in rows] == []
    assert [one for one in (made.token, contact_token, GUESS, METRICS) if one in stored["bots"]] == []


#: What an operator looks at; making a new secret shows it, once, and is not among them.
SHOWING = (
    ("deliveries", "--json"),
    ("deliveries",),
    ("bot", "list", "--json"),
    ("bot", "list"),
    ("bot", "test", "1", "--json"),
    ("widget", "list", "--json"),
    ("group", "list"),
)


def tables(server: Running) -> dict[str, str]:
    """Return all rows of each table as text."""
    db = server.store._vault._db  # type: ignore[attr-defined]
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: repr(db.execute(f"SELECT * FROM {name}").fetchall()) for name in names}


@pytest.mark.guarantee("S24")
@pytest.mark.guarantee("X10")
def test_a_wrong_secret_is_named_and_not_shown() -> None:
    with pytest.raises(SettingsInvalid, match="FRONTDESK_METRICS_TOKEN") as wrong:
        read({"FRONTDESK_METRICS_TOKEN": "canary"})

    assert "canary" not in str(wrong.value)
    assert "canary" not in repr(Settings(metrics_token="canary-canary-canary"))


@pytest.mark.guarantee("X10")
def test_a_secret_can_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{METRICS}\n", encoding="utf-8")

    assert read({"FRONTDESK_METRICS_TOKEN_FILE": str(file)}).metrics_token == METRICS
    with pytest.raises(SettingsInvalid, match="FRONTDESK_METRICS_TOKEN_FILE"):
        read({"FRONTDESK_METRICS_TOKEN_FILE": str(tmp_path / "nowhere")})
    with pytest.raises(SettingsInvalid, match="both"):
        read({"FRONTDESK_METRICS_TOKEN_FILE": str(file), "FRONTDESK_METRICS_TOKEN": METRICS})
