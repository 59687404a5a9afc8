"""No text of anybody becomes a script, a request or an element of its own (GUARANTEES S12, S13)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.async_api import expect

from frontdesk.core.people import Look
from tests.acceptance.conftest import Stage
from tests.acceptance.payloads import CALL, HTML, PAYLOADS
from tests.acceptance.scene import Scene, bubbles, event, message
from tests.acceptance.widget import ChatWidget

#: As many events as one answer may have.
AT_ONCE = 20
#: Every element that the panel is made of.
ALLOWED = {
    "div",
    "section",
    "header",
    "span",
    "h2",
    "h3",
    "p",
    "button",
    "svg",
    "path",
    "circle",
    "form",
    "textarea",
    "input",
    "label",
    "time",
    "b",
    "i",
    "a",
    "strong",
    "em",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "br",
    "img",
}
LINK = re.compile(r"(https?://|mailto:|tel:)")

#: Every element below the widget's host: its tag, and its attributes by name.
ELEMENTS = """() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      found.push([element.localName, Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))]);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document.querySelector('frontdesk-chat').shadowRoot);
  return found;
}"""


def slices(texts: list[str]) -> list[list[str]]:
    return [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]


async def is_harmless(tab: ChatWidget, scene: Scene) -> None:
    """Assert that nothing ran, nothing was loaded, and everything drawn is the widget's own."""
    assert await tab.page.evaluate("window.pwned") is None
    assert tab.dialogs == []
    parties = {urlsplit(url).netloc for url in (*tab.requests, *tab.sockets)}
    assert parties <= {urlsplit(scene.server.url).netloc, urlsplit(scene.site.url()).netloc}
    for name, attributes in await tab.page.evaluate(ELEMENTS):
        assert name in ALLOWED, (name, attributes)
        assert not [one for one in attributes if one.startswith("on")], (name, attributes)
        if name == "a":
            assert LINK.match(attributes["href"]), attributes
            assert attributes["rel"] == "noopener noreferrer nofollow"
            assert attributes["target"] == "_blank"
        if name == "img":
            assert attributes["src"].startswith(f"{scene.server.url}/media/")


def says_in_turns(events: list[dict[str, Any]]) -> Any:
    """Return a script that answers the first call with the first events, the next with the next, and so on."""
    turns = [events[start : start + AT_ONCE] for start in range(0, len(events), AT_ONCE)]

    def answer(_: dict[str, Any]) -> list[dict[str, Any]]:
        return turns.pop(0) if turns else []

    return answer


async def hears_all(tab: ChatWidget, scene: Scene, *, turns: int, last: str) -> None:
    """Say something until the bot has said everything; then look, and look again at the history after a reload."""
    await tab.opens()
    for turn in range(1, turns):
        await scene.bot.called(turn)
        await tab.says("go on")
    await expect(tab.log.get_by_text(last).last).to_be_visible()
    await is_harmless(tab, scene)
    await tab.reloads()
    await expect(tab.log.get_by_text(last).last).to_be_visible()
    await is_harmless(tab, scene)


def test_the_corpus_is_large() -> None:
    assert len(set(PAYLOADS)) >= 70


@pytest.mark.guarantee("S12")
@pytest.mark.guarantee("S13")
@pytest.mark.parametrize("format", ["plain", "markdown"])
async def test_a_bots_messages_stay_text(stage: Stage, *, format: str) -> None:  # noqa: A002 -- the protocol's word
    events = [message(text, format=format) for text in PAYLOADS] + [message("That was all.")]
    async with stage(says_in_turns(events)) as scene:
        tab = await scene.tab()
        await hears_all(tab, scene, turns=-(-len(events) // AT_ONCE), last="That was all.")

        if format == "plain":
            shown = set(await tab.log.locator(".slip").evaluate_all("all => all.map((one) => one.textContent)"))
            assert set(HTML) - shown == set()


@pytest.mark.guarantee("S13")
async def test_the_links_that_are_allowed_are_links(stage: Stage) -> None:
    async with stage(lambda _: [message(PAYLOADS[-1], format="markdown")]) as scene:
        tab = await scene.tab()
        await tab.opens()

        for name, href in (("m", "mailto:ada@example.com"), ("t", "tel:+491234"), ("h", "https://shop.example/")):
            await expect(tab.log.get_by_role("link", name=name, exact=True)).to_have_attribute("href", href)


@pytest.mark.guarantee("S12")
async def test_options_cards_and_fallbacks_stay_text(stage: Stage) -> None:
    batches = slices(PAYLOADS)
    events = [bubbles("Which?", *batch) for batch in batches]
    events += [
        event(
            "carousel",
            body=f"Cards {HTML[0]}",
            fallback="x",
            options=[{"headline": text, "subheadline": text} for text in batch],
        )
        for batch in batches
    ]
    events += [
        event("navigate", url=f"https://elsewhere.example/?{quote(CALL)}", fallback=f"{text} {{{{link}}}}")
        for text in HTML[:12]
    ]
    events += [message("That was all.")]
    async with stage(says_in_turns(events)) as scene:
        tab = await scene.tab()
        await hears_all(tab, scene, turns=-(-len(events) // AT_ONCE), last="That was all.")


@pytest.mark.guarantee("S12")
async def test_what_a_contact_writes_and_chooses_stays_text(stage: Stage) -> None:
    async with stage(lambda call: [bubbles("Which?", HTML[2])] if call["packet"]["name"] == "start" else []) as scene:
        tab = await scene.tab()
        await tab.opens()
        await tab.clicks(HTML[2])
        for batch in slices(PAYLOADS):
            await tab.says("\n".join(batch))
            await tab.sent(batch[0])
        await is_harmless(tab, scene)

        await scene.bot_sends(event("forward_any"))
        await tab.leaves_email(f"<img/src=x/onerror={CALL}>@example.com")
        await expect(tab.log.get_by_text(re.compile("could not be saved|We will answer"))).to_be_visible()
        await is_harmless(tab, scene)
        await tab.reloads()
        await tab.shows("You are being passed on to our team.")
        await is_harmless(tab, scene)
        assert len(scene.said()) == len(slices(PAYLOADS))


@pytest.mark.guarantee("S12")
@pytest.mark.parametrize("payload", [HTML[2], HTML[4], HTML[26]])
async def test_names_titles_and_the_page_itself_stay_text(stage: Stage, *, payload: str) -> None:
    look = Look(title=payload, welcome=payload)
    async with stage(bot={"first_name": payload, "failure_line": payload}, name=payload, look=look) as scene:
        scene.bot.answer = lambda _: [message("Hello."), event("typing", seconds=20)]
        tab = await scene.tab(url=scene.site.url(f"/?{quote(payload)}#{quote(payload)}"))
        await tab.page.evaluate("title => { document.title = title; }", payload)
        await tab.opens()
        await tab.shows("Hello.")
        await expect(tab.dots).to_be_attached()
        await expect(tab.panel.get_by_role("heading", name=payload)).to_be_visible()
        await is_harmless(tab, scene)

        scene.bot.answer = lambda _: "not a list"
        await tab.says("fail")
        # The welcome, the name in the line that says who joined, over the first message, and in the bot's failure.
        await expect(tab.log.get_by_text(payload).filter(visible=True)).to_have_count(4)
        await tab.shows("A person from our team will take over.")
        await is_harmless(tab, scene)
