"""Dialogues: they behave as the platform does, and say clearly what is wrong."""

from __future__ import annotations

import asyncio

import pytest

from frontdesk.bot import Bot, Card, Chat, Dialogue, LateChat, RateLimited, SessionOver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def bot() -> Bot:
    bot = Bot(signing_secret=SECRET, required_headers={"X-Shop": "tea"})

    async def find(late: LateChat, number: str) -> None:
        await asyncio.sleep(0)
        late.carousel("Found:", [Card(headline=f"Tea {number}")])

    @bot.on_start
    async def greet(chat: Chat) -> None:
        chat.reply("Hello!")
        chat.bubbles("Which?", ["Green", "Black"])

    @bot.on_click("Green")
    async def green(chat: Chat) -> None:
        chat.update_contact(email="ann@example.org")
        chat.navigate("https://shop.example/green")
        chat.note("likes green")

    @bot.on_click
    async def other(chat: Chat) -> None:
        chat.reply(f"{chat.option}: {chat.headline}, {chat.contact.email}")

    @bot.on_message("find (.+)")
    async def ask(chat: Chat) -> None:
        assert chat.match is not None
        chat.later(find, chat.match[1])

    @bot.on_message("bye")
    async def bye(chat: Chat) -> None:
        chat.forward("Support")

    @bot.on_message("crash")
    async def crash(chat: Chat) -> None:
        raise LookupError("shelf")

    return bot


async def test_a_dialogue_goes_through_signature_wire_and_state(bot: Bot) -> None:
    async with Dialogue(bot, contact={"name": "Ann"}) as talk:
        await talk.start()
        talk.shows("Hello!", "Which?", "Black")
        talk.shows_options("Green", "Black")

        await talk.click("Green")
        talk.navigated_to("https://shop.example/green")
        assert talk.contact.email == "ann@example.org"
        assert talk.notes == ["likes green"]

        await talk.click(2)
        talk.shows("2: Black, ann@example.org")
        await talk.delivered_again()

        await talk.says("find 5")
        await talk.later()
        talk.shows("Found:", "Tea 5")

        await talk.says("hm")
        talk.shows_nothing()
        await talk.says("bye")
        talk.forwarded_to("Support")
        assert talk.over
        assert not talk.ended
        assert not talk.aborted


async def test_what_is_not_shown_is_told_with_the_transcript(bot: Bot) -> None:
    async with Dialogue(bot) as talk:
        await talk.start()

        with pytest.raises(AssertionError) as error:
            talk.shows("Which?", "Hello!")

    assert str(error.value) == (
        "the bot does not show 'Hello!' (or not in this order)\n\n"
        "The dialogue so far:\n"
        " contact  (opens the chat)\n"
        "     bot  Hello!\n"
        "     bot  Which?\n"
        "           [1] Green\n"
        "           [2] Black"
    )


async def test_every_wrong_expectation_fails(bot: Bot) -> None:
    async with Dialogue(bot) as talk:
        with pytest.raises(AssertionError, match="nothing to click"):
            await talk.click("Green")
        with pytest.raises(AssertionError, match="nothing was delivered"):
            await talk.delivered_again()
        await talk.start()
        with pytest.raises(AssertionError, match="no option 'Blue'"):
            await talk.click("Blue")
        with pytest.raises(AssertionError, match="no option 3"):
            await talk.click(3)
        with pytest.raises(AssertionError, match="the options are"):
            talk.shows_options("Green")
        with pytest.raises(AssertionError, match="was to show nothing"):
            talk.shows_nothing()
        with pytest.raises(AssertionError, match="nowhere"):
            talk.navigated_to("https://shop.example/")
        with pytest.raises(AssertionError, match="any operator"):
            talk.forwarded_to(None)


async def test_a_handlers_error_is_the_cause_of_the_failure(bot: Bot) -> None:
    async with Dialogue(bot) as talk:
        with pytest.raises(AssertionError, match="answered 500: shelf") as error:
            await talk.says("crash")

    assert isinstance(error.value.__cause__, LookupError)


async def test_after_the_end_the_bot_hears_nothing(bot: Bot) -> None:
    async with Dialogue(bot) as talk:
        await talk.says("bye")

        with pytest.raises(AssertionError, match="the session is over"):
            await talk.says("hello?")


async def test_an_expired_session_refuses_what_comes_late(bot: Bot) -> None:
    async with Dialogue(bot) as talk:
        await talk.start()
        chat = bot.open(talk.cid)
        await talk.session_ends("expired")

        chat.reply("too late")
        with pytest.raises(SessionOver, match="expired"):
            await chat.send()


async def test_the_rate_limit_of_the_platform_is_there(bot: Bot) -> None:
    async with Dialogue(bot, now=lambda: 1_700_000_000.0) as talk:
        chat = bot.open(talk.cid)
        for number in range(20):
            chat.reply(str(number))
            await chat.send()

        chat.reply("one too many")
        with pytest.raises(RateLimited):
            await chat.send()


async def test_failed_work_for_later_fails_the_dialogue() -> None:
    bot = Bot()

    async def work(late: LateChat) -> None:
        raise LookupError("shelf")

    @bot.on_start
    async def ask(chat: Chat) -> None:
        chat.later(work)

    with pytest.raises(AssertionError, match="work for later failed: shelf"):
        async with Dialogue(bot) as talk:
            await talk.start()
    async with Dialogue(bot) as talk:
        await talk.start()
        await talk.later(may_fail=True)


async def test_the_bot_is_as_before_when_the_dialogue_is_over(bot: Bot) -> None:
    async with Dialogue(bot) as talk:
        await talk.start()

    async with Dialogue(bot, url="https://shop.example/a") as talk:
        await talk.goes_to("https://shop.example/b")
        await talk.start()
        talk.shows("Hello!")
