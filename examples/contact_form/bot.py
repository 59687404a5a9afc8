"""Asks who is there before a human takes over: a name, an e-mail address, each checked kindly."""

from __future__ import annotations

import re

from frontdesk.bot import Bot, Chat

#: Good enough to catch slips of the hand; only a mail that arrives proves an address.
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)*\.[^@\s.]{2,}")
#: After so many answers that are no address, the human is asked to find out.
TRIES = 3


def create_bot(bot: Bot) -> Bot:
    """Give the bot its handlers."""

    @bot.on_start
    async def greet(chat: Chat) -> None:
        if chat.contact.name and chat.contact.email:
            hand_over(chat, f"Welcome back, {chat.contact.name}!")
            return
        chat.reply("Hello! Before I get somebody for you: what is your name?")
        chat.step = "name"

    @bot.on_message(step="name")
    async def take_name(chat: Chat) -> None:
        name = " ".join(chat.text.split())
        if not 2 <= len(name) <= 80 or EMAIL.search(name):
            chat.reply("I would like to address you properly. Which name may I use?")
            return
        chat.update_contact(name=name)
        chat.reply(f"Nice to meet you, {name}. At which e-mail address can we reach you if the chat breaks off?")
        chat.step = "email"

    @bot.on_message(step="email")
    async def take_email(chat: Chat) -> None:
        found = EMAIL.search(chat.text)
        if found is not None:
            chat.update_contact(email=found[0].rstrip(".,;"))
            hand_over(chat, "Thank you.")
        elif chat.context.get("tries", 1) >= TRIES:
            hand_over(chat, "Never mind, we can sort that out together.")
        else:
            chat.context["tries"] = chat.context.get("tries", 1) + 1
            chat.reply("That does not look like an e-mail address. It should be like ann@example.org.")

    return bot


def hand_over(chat: Chat, words: str) -> None:
    """Say these words and what comes next, leave a note for the human, and forward."""
    next_up = "One moment, I get somebody for you." if chat.operators_online else "Somebody will get back to you."
    chat.reply(f"{words} {next_up}")
    chat.note("Asked by the contact form: please say hello by name.")
    chat.forward()
