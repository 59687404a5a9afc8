"""One browser for all acceptance tests; every person in it has a profile of their own."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.acceptance.browser import chromium
from tests.acceptance.scene import Scene, scene

HERE = Path(__file__).parent
#: Sets a scene: called with the bot's script and settings of bot and widget.
Stage = Callable[..., AbstractAsyncContextManager[Scene]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
        if item.path.is_relative_to(HERE) and inspect.iscoroutinefunction(getattr(item, "function", None)):
            # The browser outlives a test, so all of them share its loop.
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


@pytest.fixture
def stage(browser: Browser, tmp_path: Path) -> Stage:
    def set_up(*script: Any, **settings: Any) -> AbstractAsyncContextManager[Scene]:
        return scene(browser, tmp_path, *script, **settings)

    return set_up
