"""A log line is one line, whoever wrote what is in it."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import aiohttp
import pytest
import structlog

from frontdesk.logs import configure_logs
from tests.kit.server import bot_server, running_server

FORGED = "ok\n2026-01-01T00:00:00Z [error    ] forged\r\x1b[2J\x85\u2028\u202e\x00\ud800 bot=9"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the logs of other tests alone."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def written(
    form: Literal["text", "json"], monkeypatch: pytest.MonkeyPatch, *, level: int = logging.INFO
) -> io.StringIO:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    configure_logs(form, level=level, cached=False)
    return out


@pytest.mark.guarantee("X13")
@pytest.mark.guarantee("S18")
@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_that_is_logged_can_begin_a_line_of_its_own(
    form: Literal["text", "json"], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = written(form, monkeypatch)

    structlog.get_logger().info("thing.done", reason=FORGED, **{"na\nme": {"in\nner": [FORGED]}})
    logging.getLogger("other").warning("from elsewhere: %s", FORGED)

    text = out.getvalue()
    assert len(text.splitlines()) == 2
    assert not any(mark in text for mark in "\x1b\x85\u2028\u202e\x00\r\ud800")
    assert not any(line.startswith("2026-01-01") for line in text.splitlines())


@pytest.mark.guarantee("X13")
def test_a_traceback_cannot_forge_a_line_either(monkeypatch: pytest.MonkeyPatch) -> None:
    out = written("text", monkeypatch)
    secret = "only in a variable"

    try:
        int(FORGED)
    except ValueError:
        structlog.get_logger().exception("thing.broke")

    first, *rest = out.getvalue().splitlines()
    assert "thing.broke" in first
    assert rest
    assert all(line.startswith("  | ") for line in rest)
    assert secret not in out.getvalue()


@pytest.mark.guarantee("X13")
def test_json_lines_are_json_with_a_time_and_a_level(monkeypatch: pytest.MonkeyPatch) -> None:
    out = written("json", monkeypatch)

    structlog.get_logger().warning("thing.done", bot_id=7, at=Path("/x"))
    logging.getLogger("other").error("from elsewhere")

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(one["event"], one["level"]) for one in lines] == [("thing.done", "warning"), ("from elsewhere", "error")]
    assert all(one["timestamp"].endswith("Z") for one in lines)
    assert lines[0]["bot_id"] == 7


def test_what_is_below_the_level_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    out = written("json", monkeypatch, level=logging.WARNING)

    structlog.get_logger().info("thing.done")

    assert out.getvalue() == ""


@pytest.mark.guarantee("X13")
async def test_a_call_has_one_line_with_the_number_that_the_caller_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_server() as bot, running_server(tmp_path) as server:
        _, made = await server.shop(bot)
        out = written("json", monkeypatch)
        headers = {"SECURITY-TOKEN": made.token, "X-Request-Id": "forged"}
        call = {"url": server.api_url(made.bot), "data": b"[not json", "headers": headers}
        async with aiohttp.ClientSession() as http, http.post(**call) as response:  # type: ignore[arg-type]
            request_id = response.headers["x-request-id"]

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    called = [one for one in lines if one["event"] == "api.called"]
    assert [(one["request_id"], one["bot"], one["outcome"]) for one in called] == [(request_id, 1, "invalid_json")]
    assert len(request_id) == 16
