"""What axe-core finds on a page, and proof that it looked inside the widget."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

SCRIPT = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

RUN = """async (rules) => {
  const found = await axe.run(document, {
    runOnly: { type: 'tag', values: rules },
    resultTypes: ['violations', 'passes', 'incomplete'],
  });
  // A target inside a shadow root is a list of selectors: of its host, of the host inside that, of itself.
  const depths = found.passes.flatMap((rule) => rule.nodes).map(({ target }) => [target[0]].flat().length);
  return {
    faults: found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`)),
    depth: Math.max(...depths),
  };
}"""


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


async def has_no_barriers(page: Page) -> None:
    """Assert that axe finds nothing against WCAG 2.2 AA, on the page, at the launcher and in the open panel."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_script())
    found: dict[str, Any] = await page.evaluate(RUN, RULES)
    assert not found["faults"], "\n".join(found["faults"])
    depth = 3 if await page.locator("frontdesk-chat").get_by_role("dialog").count() else 2
    assert found["depth"] == depth, "axe did not see into the widget"
