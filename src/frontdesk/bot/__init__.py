"""The SDK for bot authors: handlers by decorator, work for later, and dialogues that test a bot without a network.

from frontdesk.bot import Bot, Chat

bot = Bot.from_env()

@bot.on_start
async def greet(chat: Chat) -> None:
    chat.reply("Hello!")

bot.run()
"""

from __future__ import annotations

from frontdesk.bot.bot import Bot, Response
from frontdesk.bot.chat import Chat
from frontdesk.bot.client import ApiClient, Patience
from frontdesk.bot.context import Context
from frontdesk.bot.dialogue import Dialogue
from frontdesk.bot.errors import (
    AlreadyOver,
    ApiError,
    BotError,
    ContextTooLarge,
    HandlerMisfit,
    InvalidEvent,
    InvalidEvents,
    MalformedCall,
    Misuse,
    NoApiUrl,
    RateLimited,
    RefusedCall,
    SessionOver,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnknownSession,
    Unreachable,
    Unsigned,
)
from frontdesk.bot.later import LateChat, OpenChat
from frontdesk.bot.transport import HttpPost
from frontdesk.protocol.events import Card

__all__ = [
    "AlreadyOver",
    "ApiClient",
    "ApiError",
    "Bot",
    "BotError",
    "Card",
    "Chat",
    "Context",
    "ContextTooLarge",
    "Dialogue",
    "HandlerMisfit",
    "HttpPost",
    "InvalidEvent",
    "InvalidEvents",
    "LateChat",
    "MalformedCall",
    "Misuse",
    "NoApiUrl",
    "OpenChat",
    "Patience",
    "RateLimited",
    "RefusedCall",
    "Response",
    "SessionOver",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "UnknownSession",
    "Unreachable",
    "Unsigned",
]
