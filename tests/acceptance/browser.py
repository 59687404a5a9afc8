"""A real Chromium that reaches this machine only."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

#: Every name under `.example` is this machine, and no other name exists.
HOSTS = "MAP *.example 127.0.0.1, MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    f"--host-resolver-rules={HOSTS}",
)


def chromium_path() -> str:
    """Return the browser that CHROMIUM names, or the one on the PATH."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium: `make test` finds one, or CHROMIUM names it"
    return path


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run a browser with a profile of its own that is thrown away afterwards."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(SWITCHES))
        try:
            yield browser
        finally:
            await browser.close()
