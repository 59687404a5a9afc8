"""Everything without a mouse, small screens, and what a screen reader hears (UX 28 to 31)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.acceptance.conftest import Stage
from tests.acceptance.scene import PHONE, bubbles, event, message, parrot
from tests.acceptance.widget import ChatWidget

#: Keeps each line that is put into the live region, in the order of arrival.
LISTEN = """() => {
  window.heard = [];
  const listen = (node) => {
    if (node.nodeType === 1 && node.shadowRoot) watch(node.shadowRoot);
  };
  const watch = (root) => {
    root.querySelectorAll('*').forEach(listen);
    new MutationObserver((changes) => {
      for (const { target, addedNodes, type } of changes) {
        for (const node of addedNodes) {
          listen(node);
          const live = target.closest?.('[aria-live=polite], [aria-live=assertive]');
          if (live) window.heard.push(node.textContent);
        }
        if (type === 'characterData' && target.parentElement?.closest('[aria-live=polite]'))
          window.heard.push(`changed: ${target.data}`);
      }
    }).observe(root, { childList: true, characterData: true, subtree: true });
  };
  watch(document);
}"""
#: The element with the focus, below all shadow roots, as a reader would name it.
FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return `${element.tagName} ${element.ariaLabel ?? element.textContent.trim()}`;
}"""
#: Whatever a finger can hit and is smaller than 44 px, links in running text aside.
TOO_SMALL = """() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (!element.matches('button, input, textarea, select, [role=button]') || !element.checkVisibility()) continue;
      const { width, height } = element.getBoundingClientRect();
      if (width < 44 || height < 44) found.push(`${element.ariaLabel ?? element.textContent}: ${width}x${height}`);
    }
  };
  walk(document.querySelector('frontdesk-chat').shadowRoot);
  return found;
}"""
#: Elements of the widget that are wider than their place or stick out of the window; cards may be scrolled on purpose.
TOO_WIDE = """() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (!element.checkVisibility() || element.closest('.cards, .sr, pre')) continue;
      const { left, right } = element.getBoundingClientRect();
      if (left < -1 || right > innerWidth + 1) found.push(`${element.tagName}.${element.className} ${left} ${right}`);
      if (element.matches('[role=log], section') && element.scrollWidth > element.clientWidth)
        found.push(`scrolls: ${element.className} ${element.scrollWidth} > ${element.clientWidth}`);
    }
  };
  walk(document.querySelector('frontdesk-chat').shadowRoot);
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  return found;
}"""
LONG = (
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft https://shop.example/" + "a" * 90
)


def offering(call: dict[str, Any]) -> list[dict[str, Any]]:
    return [bubbles("What is it?", "Order", "Return")] if call["packet"]["name"] == "start" else parrot(call)


def everything(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Show one of each, with words that do not want to fit."""
    cards = [{"headline": LONG, "subheadline": "100 g"}, {"headline": "Assam"}]
    return [
        message(f"{LONG}\n\n```\n{LONG}\n```\n- {LONG}", format="markdown"),
        event("carousel", body="Our teas:", fallback="Sencha", options=cards),
        bubbles(LONG, LONG, "Return"),
    ]


async def focused(tab: ChatWidget) -> str:
    name: str = await tab.page.evaluate(FOCUSED)
    return name


async def tabs_to(tab: ChatWidget, name: str, *, key: str = "Tab") -> None:
    """Press Tab until the focus is there."""
    seen = []
    for _ in range(20):
        await tab.page.keyboard.press(key)
        seen.append(await focused(tab))
        if seen[-1].endswith(name):
            return
    raise AssertionError(f"{name} is not reached: {seen}")


async def has_focus(tab: ChatWidget, name: str) -> None:
    """Wait until the focus is there."""
    until = asyncio.get_running_loop().time() + 5
    while not (now := await focused(tab)).endswith(name):
        assert asyncio.get_running_loop().time() < until, f"the focus is on {now}"
        await asyncio.sleep(0.02)


async def test_the_whole_chat_by_keyboard(stage: Stage) -> None:
    async with stage(offering) as scene:
        tab = await scene.tab()
        press = tab.page.keyboard.press

        await tabs_to(tab, "Chat")
        await press("Enter")
        await tab.is_open()
        await has_focus(tab, "Your message")

        await tab.offers("Return")
        await tabs_to(tab, "Return", key="Shift+Tab")
        await press("Enter")
        await tab.shows("You chose Return.")

        await tabs_to(tab, "Your message")
        await tab.page.keyboard.type("tea?")
        await press("Shift+Enter")
        await tab.page.keyboard.type("please")
        await press("Enter")
        await tab.shows("You said tea?\nplease.")
        await has_focus(tab, "Your message")

        await press("Escape")
        await tab.is_closed()
        await has_focus(tab, "Chat")


async def test_the_conversation_is_ended_and_begun_again_by_keyboard(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()

        await tabs_to(tab, "More", key="Shift+Tab")
        await tab.page.keyboard.press("Enter")
        await has_focus(tab, "End conversation")
        await tab.page.keyboard.press("Escape")
        await has_focus(tab, "More")
        await tab.is_open()
        await tab.page.keyboard.press("Enter")
        await has_focus(tab, "End conversation")
        await tab.page.keyboard.press("Enter")
        await tab.page.keyboard.press("Enter")
        await tab.shows("You ended this conversation.")
        await has_focus(tab, "Your message")

        await tabs_to(tab, "Start a new conversation", key="Shift+Tab")
        await tab.page.keyboard.press("Enter")

        await tab.shows("Hello.", times=2)
        await has_focus(tab, "Your message")


async def test_each_message_is_announced_exactly_once(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.page.evaluate(LISTEN)
        await tab.is_greeted()
        await tab.says("tea?")
        await tab.shows("You said tea?.")
        await scene.bot_sends(message("**Two**", format="markdown"), bubbles("Which?", "Green", "Black"))
        await tab.offers("Black")

        heard = [line for line in await tab.page.evaluate("window.heard") if "joined" not in line]

        assert heard == [
            "Robo says: Hello.",
            "Robo says: You said tea?.",
            "Robo says: Two",
            "Robo says: Which? Choose an answer: Green, Black",
        ]


async def test_history_is_not_announced_again_after_a_reload(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        await tab.page.add_init_script(f"addEventListener('DOMContentLoaded', {LISTEN})")

        await tab.reloads()
        await tab.shows("Hello.")
        await tab.says("tea?")
        await tab.shows("You said tea?.")

        assert await tab.page.evaluate("window.heard") == ["Robo says: You said tea?."]


async def test_a_message_that_was_refused_says_so_and_can_be_sent_again(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()
        await tab.page.evaluate(
            """() => {
              // The next `say` is answered as the platform answers what it cannot take.
              const send = WebSocket.prototype.send;
              WebSocket.prototype.send = function (text) {
                const frame = JSON.parse(text);
                if (frame.type !== 'say') return send.call(this, text);
                WebSocket.prototype.send = send;
                const data = { type: 'refused', message_id: frame.message_id, code: 'too_long', detail: 'Too long.' };
                setTimeout(() => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(data) })));
              };
            }"""
        )

        await tab.says("tea?")
        await expect(tab.log.get_by_text("Not sent.")).to_be_visible()
        assert scene.said() == []
        await tabs_to(tab, "Try again", key="Shift+Tab")
        await tab.page.keyboard.press("Enter")

        await tab.shows("You said tea?.")
        await expect(tab.log.get_by_text("Not sent.")).to_have_count(0)
        assert scene.said() == ["tea?"]


async def test_on_a_phone_the_focus_stays_inside_until_the_panel_is_closed(stage: Stage) -> None:
    async with stage(offering) as scene:
        tab = await scene.tab(viewport=PHONE)
        await tabs_to(tab, "Chat")
        await tab.page.keyboard.press("Enter")
        await tab.offers("Return")

        for key in ("Tab", "Shift+Tab"):
            places = []
            for _ in range(9):
                await tab.page.keyboard.press(key)
                places.append(await focused(tab))
            assert not [place for place in places if place.endswith(("See the teas", "Chat")) or "BODY" in place]
            assert {"BUTTON Close chat", "BUTTON Return", "TEXTAREA Your message"} <= set(places)
        await tab.page.keyboard.press("Escape")

        await tab.is_closed()
        await has_focus(tab, "Chat")


async def test_on_a_desktop_the_page_beside_the_panel_stays_in_reach(stage: Stage) -> None:
    async with stage() as scene:
        tab = await scene.tab()
        await tab.is_greeted()

        await tab.page.get_by_role("link", name="See the teas").click()

        await tabs_to(tab, "Your message")
        await tab.is_open()


@pytest.mark.parametrize(
    "screen",
    [
        {"width": 320, "height": 640},
        {"width": 320, "height": 200},
        {"width": 390, "height": 844},
        {"width": 1280, "height": 800},
    ],
    ids=["320 px", "400 % zoom", "phone", "desktop"],
)
async def test_nothing_sticks_out_and_everything_is_big_enough_to_hit(stage: Stage, *, screen: dict[str, int]) -> None:
    async with stage(everything) as scene:
        tab = await scene.tab(viewport=screen)
        await tab.opens()
        await tab.offers("Return")
        await tab.panel.get_by_role("button", name="More").click()

        assert await tab.page.evaluate(TOO_WIDE) == []
        assert await tab.page.evaluate(TOO_SMALL) == []
        await expect(tab.composer).to_be_in_viewport()
        await scene.bot_sends(event("forward_any"))
        await tab.log.get_by_role("textbox", name="Your e-mail address").scroll_into_view_if_needed()
        assert await tab.page.evaluate(TOO_WIDE) == []
        assert await tab.page.evaluate(TOO_SMALL) == []
