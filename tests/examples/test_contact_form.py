"""The contact form example, as a dialogue."""

from __future__ import annotations

from examples.contact_form import create_bot
from frontdesk.bot import Bot, Dialogue


async def test_it_asks_for_name_and_address_and_hands_over() -> None:
    async with Dialogue(create_bot(Bot())) as talk:
        await talk.start()
        talk.shows("what is your name?")

        await talk.says("  Ann   Lee ")
        talk.shows("Nice to meet you, Ann Lee.", "e-mail address")

        await talk.says("it is ann@example.org, thanks")
        talk.shows("Thank you.")

        assert (talk.contact.name, talk.contact.email) == ("Ann Lee", "ann@example.org")
        assert talk.notes == ["Asked by the contact form: please say hello by name."]
        talk.forwarded_to(None)


async def test_it_asks_again_kindly_and_gives_up_in_the_end() -> None:
    async with Dialogue(create_bot(Bot())) as talk:
        await talk.start()
        await talk.says("?")
        talk.shows("Which name may I use?")
        await talk.says("Ann")

        await talk.says("none of your business")
        talk.shows("does not look like an e-mail address")
        await talk.says("ann at example")
        talk.shows("does not look like an e-mail address")
        await talk.says("no")

        talk.shows("Never mind")
        assert talk.contact.email is None
        talk.forwarded_to(None)


async def test_somebody_who_is_known_is_not_asked_again() -> None:
    async with Dialogue(create_bot(Bot()), contact={"name": "Ann", "email": "ann@example.org"}) as talk:
        await talk.start()

        talk.shows("Welcome back, Ann!")
        talk.forwarded_to(None)
