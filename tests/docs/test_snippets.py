"""The Python code in the pages for bot authors runs, and the reference names everything there is."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import frontdesk.bot
from frontdesk.bot import ApiError, Bot, Chat, Context, Dialogue, LateChat, OpenChat
from tests.bot.calls import call

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL = DOCS / "tutorial" / "your-first-bot.md"
REFERENCE = DOCS / "reference" / "sdk.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# (\w+\.py)\n")


def blocks(page: Path) -> list[str]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert found
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("FRONTDESK_SIGNING_SECRET", "FRONTDESK_TOKEN", "FRONTDESK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path
    for name in ("my_bot", "test_my_bot"):
        sys.modules.pop(name, None)


async def test_every_file_of_the_tutorial_runs_and_its_test_passes(folder: Path) -> None:
    run = 0
    for block in blocks(TUTORIAL):
        run += await _run_tests(vars(_saved(block, folder)))

    assert run == 1


async def test_the_first_bot_of_the_tutorial_does_what_the_page_says() -> None:
    page: dict[str, Any] = {"__name__": "my_bot"}
    exec(blocks(TUTORIAL)[0], page)

    async with Dialogue(page["bot"]) as talk:
        await talk.start()
        talk.shows_options("A tea tip", "A human")
        await talk.says("hi")
        talk.shows("You wrote: hi")
        await talk.click("A tea tip")
        talk.shows("70 °C")
        await talk.click("A human")
        talk.forwarded_to(None)


async def test_every_snippet_of_the_reference_runs() -> None:
    page: dict[str, Any] = {"__name__": "page"}

    for block in blocks(REFERENCE):
        exec(block, page)

    assert await _run_tests(page) == 1
    assert await _asgi(page["app"], page["bot"]) == 200


def test_the_reference_names_everything() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    kinds: list[type] = [Bot, Chat, LateChat, OpenChat, Context, Dialogue]
    members = {name for kind in kinds for name in _members(kind)}
    wanted = {*frontdesk.bot.__all__, *members, *inspect.signature(Bot).parameters} - {"now"}

    missing = [name for name in sorted(wanted) if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", text)]

    assert missing == []


def test_the_reference_names_what_an_api_error_carries() -> None:
    text = REFERENCE.read_text(encoding="utf-8")

    assert [name for name in vars(ApiError()) if f"`{name}`" not in text] == []


def _saved(block: str, folder: Path) -> ModuleType:
    """The module that the reader would have after saving the block under the name in its first line."""
    named = FILE_NAME.match(block)
    assert named is not None, "a block of the tutorial begins with its file's name"
    file = folder / named[1]
    file.write_text(block, encoding="utf-8")
    sys.modules.pop(file.stem, None)
    importlib.invalidate_caches()
    # A cache tells two versions apart by size and time; these may be written within the same second.
    Path(cache_from_source(str(file))).unlink(missing_ok=True)
    return importlib.import_module(file.stem)


def _members(kind: type) -> list[str]:
    own = [name for base in kind.__mro__ if base.__module__.startswith("frontdesk") for name in vars(base)]
    return [name for name in own if not name.startswith("_")]


async def _run_tests(page: dict[str, Any]) -> int:
    tests = [value for name, value in page.items() if name.startswith("test_")]
    for test in tests:
        await test()
    return len(tests)


async def _asgi(app: Any, bot: Bot) -> int:
    body, sent = call("start"), list[dict[str, Any]]()
    headers = bot.door.headers_for(body, event_id="evt_1")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(part: dict[str, Any]) -> None:
        sent.append(part)

    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await app({"type": "http", "headers": pairs}, receive, send)
    status: int = sent[0]["status"]
    return status
