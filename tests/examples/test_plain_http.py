"""The standard library example, as a real process on a free port."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

BOT = Path(__file__).parents[2] / "examples" / "plain_http" / "bot.py"
SECRET = "a long random text"


@pytest.fixture
def port() -> Iterator[int]:
    environ = os.environ | {"BOT_PORT": "0", "BOT_SECRET": SECRET}
    with subprocess.Popen([sys.executable, BOT], env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as bot:
        assert bot.stdout is not None
        try:
            yield int(bot.stdout.readline().decode().rstrip("/ \n").rpartition(":")[2])
        finally:
            bot.terminate()
            bot.wait(10)


def post(port: int, document: object, *, secret: str = SECRET) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/", json.dumps(document), {"X-Bot-Secret": secret})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def call(name: str, context: dict[str, Any] | None = None, **payload: Any) -> dict[str, Any]:
    return {"info": {"cid": "chatbot::1:abc", "context": context or {}}, "packet": {"name": name, "payload": payload}}


@pytest.mark.process
def test_it_speaks_the_protocol(port: int) -> None:
    status, events = post(port, call("start"))
    assert status == 200
    assert [event["packet"]["name"] for event in events] == ["message", "bubbles"]
    assert events[0]["info"] == {"cid": "chatbot::1:abc", "context": {"turn": 1}}

    _, events = post(port, call("message", {"turn": 1}, body="hi"))
    assert events[0]["packet"]["payload"] == {"body": "You said “hi”, which makes 2 turns."}

    _, events = post(port, call("click", {"turn": 2}, option=2))
    assert [event["packet"]["name"] for event in events] == ["message", "forward_any"]


@pytest.mark.process
def test_it_refuses_what_it_does_not_trust_or_understand(port: int) -> None:
    assert post(port, call("start"), secret="wrong")[0] == 401
    assert post(port, {"hello": "world"})[0] == 400
    assert post(port, call("click", option=9))[0] == 400


@pytest.mark.process
def test_it_does_not_read_what_is_too_large(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/", headers={"X-Bot-Secret": SECRET, "Content-Length": "300000"})
        assert connection.getresponse().status == 413
    finally:
        connection.close()
