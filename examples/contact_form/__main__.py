"""Serves the bot: `python -m examples.contact_form`."""

from __future__ import annotations

from frontdesk.bot import Bot

from .bot import create_bot

if __name__ == "__main__":
    create_bot(Bot.from_env()).run()
