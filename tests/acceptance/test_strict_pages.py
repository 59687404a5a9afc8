"""Pages with the tightest policy, and pages with a hostile style sheet (GUARANTEES S9, UX 23 and 24)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import BrowserContext, expect

from tests.acceptance.conftest import Stage
from tests.acceptance.scene import DESKTOP, PHONE, Scene, bubbles, event, message, parrot
from tests.acceptance.widget import ChatWidget

#: Keeps what the page's policy refused, from before the first script on.
KEEP_VIOLATIONS = """
window.violations = [];
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
  window.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`);
});
"""
NONCE = "r4nd0m"
#: What of its ancestors no element escapes (their opacity, their transforms) is laid on the widget itself.
HOSTILE = """
* { position: static !important; display: inline !important; font-family: fantasy !important;
  border: 3px solid lime !important; color: lime !important; background: black !important;
  visibility: hidden !important; margin: 40px !important; padding: 40px !important; z-index: -1 !important;
  font-size: 40px !important; letter-spacing: 9px !important; box-sizing: content-box !important;
  text-transform: uppercase !important; float: left !important; pointer-events: none !important; inset: 0 !important;
  width: 99px !important; height: 9px !important; direction: rtl !important; animation: none !important }
html body frontdesk-chat[data-side], frontdesk-chat * { display: none !important; opacity: .1 !important;
  transform: rotate(30deg) !important; filter: blur(2px) !important; clip-path: circle(1px) !important }
html { font-size: 31px !important }
"""
#: What an element looks like, to compare it with itself on a page without that sheet.
LOOKS = """element => {
  const { x, y, width, height } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const names = ['position', 'display', 'fontFamily', 'fontSize', 'color', 'backgroundColor', 'borderTopWidth', 'opacity',
    'visibility', 'letterSpacing', 'textTransform', 'textAlign', 'filter', 'pointerEvents', 'boxSizing'];
  const box = [x, y, width, height].map(Math.round).join(' ');
  return [box, ...names.map((name) => `${name}: ${style[name]}`)].join('; ');
}"""


def lively(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Use everything that a bot can show."""
    if call["packet"]["name"] != "start":
        return parrot(call)
    cards = [{"headline": "Sencha", "subheadline": "100 g", "media": "https://pictures.example/sencha.png"}]
    return [
        message("**Hello** from [the shop](https://shop.example/) with `code` and\n\n- a list", format="markdown"),
        event("carousel", body="Our teas:", fallback="Sencha", options=cards),
        bubbles("What is it?", "Order", "Return"),
    ]


async def clicks_through(scene: Scene, person: BrowserContext) -> ChatWidget:
    """Use everything that the widget has."""
    tab = await scene.tab(person)
    await tab.opens()
    await tab.offers("Order")
    await tab.clicks("Order")
    await tab.shows("You chose Order.")
    await tab.says("tea?")
    await tab.shows("You said tea?.")
    await scene.bot_sends(event("typing", seconds=5))
    await expect(tab.dots).to_be_attached()
    await scene.bot_sends(event("navigate", url="https://elsewhere.example/", fallback="Look: {{link}}"))
    await tab.shows("Look: https://elsewhere.example/")
    await scene.bot_sends(event("forward_any"))
    await tab.leaves_email("ada@example.com")
    await tab.shows("Thank you. We will answer at ada@example.com.")
    await tab.closes()
    await tab.reloads()
    await tab.opens()
    await tab.shows("You said tea?.")
    return tab


def strictest(desk: str) -> str:
    socket = desk.replace("http", "ws", 1)
    return (
        f"default-src 'none'; script-src 'self' {desk}; style-src 'self'; connect-src {desk} {socket}; img-src {desk} 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


@pytest.mark.guarantee("S9")
async def test_it_works_where_no_inline_code_and_no_trusted_type_is_allowed(stage: Stage) -> None:
    async with stage(lively) as scene:
        scene.site.add("/", head=scene.tag, headers={"Content-Security-Policy": strictest(scene.server.url)})
        person = await scene.person()
        await person.add_init_script(KEEP_VIOLATIONS)

        tab = await clicks_through(scene, person)

        assert await tab.page.evaluate("window.violations") == []
        assert [line for line in tab.console if "Content Security" in line or "uncaught" in line] == []


@pytest.mark.guarantee("S9")
async def test_it_works_where_scripts_need_a_nonce_and_trust_passes_on(stage: Stage) -> None:
    async with stage(lively) as scene:
        desk = scene.server.url
        policy = (
            f"default-src 'none'; script-src 'nonce-{NONCE}' 'strict-dynamic'; style-src 'nonce-{NONCE}'; img-src {desk}; "
            f"connect-src {desk} {desk.replace('http', 'ws', 1)}; object-src 'none'; base-uri 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        tag = scene.tag.replace("<script", f"<script nonce={NONCE}")
        scene.site.add("/", head=tag, headers={"Content-Security-Policy": policy})
        person = await scene.person()
        await person.add_init_script(KEEP_VIOLATIONS)

        tab = await clicks_through(scene, person)

        violations = await tab.page.evaluate("window.violations")
        assert [one for one in violations if "icon.png" not in one] == []


async def looks_of(scene: Scene, path: str, viewport: dict[str, int]) -> dict[str, str]:
    """Return how each part of the open widget looks on a page."""
    tab = await scene.tab(url=scene.site.url(path), viewport=viewport)
    await tab.page.wait_for_load_state()
    launcher = await tab.launcher.evaluate(LOOKS)
    await tab.opens()
    await tab.offers("Order")
    await expect(tab.panel).to_be_in_viewport()
    parts = {
        "host": tab.host,
        "panel": tab.panel,
        "title": tab.panel.get_by_role("heading"),
        "log": tab.log,
        "text": tab.log.get_by_text("What is it?"),
        "option": tab.option("Order"),
        "composer": tab.composer,
        "send": tab.send,
    }
    return {"launcher": launcher} | {name: await part.evaluate(LOOKS) for name, part in parts.items()}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_hostile_style_sheet_changes_nothing_of_the_widget(stage: Stage, *, viewport: dict[str, int]) -> None:
    async with stage(lively) as scene:
        scene.site.add("/hostile", head=f"<style>{HOSTILE}</style>{scene.tag}")

        calm = await looks_of(scene, "/", viewport)
        hostile = await looks_of(scene, "/hostile", viewport)

        assert hostile == calm
