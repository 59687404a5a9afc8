"""Pictures of what a test has seen, kept in test-results/screenshots."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

FOLDER = Path(__file__).parents[2] / "test-results/screenshots"


async def picture(page: Page, name: str) -> None:
    """Keep what the tab shows now."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")
