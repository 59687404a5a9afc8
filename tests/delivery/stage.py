"""Bots, heads of lanes and calls for the tests of this room."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

from aiohttp.abc import AbstractResolver, ResolveResult

from frontdesk.core.ids import BotId, Cid, ConversationId, EventId, Instant, Seq
from frontdesk.core.people import Bot, SigningSecret
from frontdesk.core.session import Head
from frontdesk.delivery.client import Client
from frontdesk.delivery.guard import Guard
from frontdesk.delivery.post import Call, Poster

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_" + "b2xk" * 8
CID = Cid("chatbot::7:0123456789abcdef0123456789abcdef")
CONVERSATION = ConversationId("cv_0123456789abcdef0123456789abcdef")
BODY = '{"info":{},"packet":{"name":"message","payload":{"body":"Grüß Gott 👋"}}}'.encode()


def now() -> Instant:
    return Instant(int(time.time() * 1000))


def bot_at(url: str, **changes: object) -> Bot:
    bot = Bot(
        id=BotId(7),
        public_id="bot-public",
        first_name="Robin",
        webhook_url=url,
        secrets=(SigningSecret(secret=SECRET, created_at=Instant(0)),),
    )
    return replace(bot, **changes)  # type: ignore[arg-type]


def head(*, within_ms: int = 5_000, attempt: int = 1, body: bytes = BODY) -> Head:
    begun = now()
    deadline = Instant(begun + within_ms)
    return Head(
        event_id=EventId("evt_" + "ab" * 16),
        packet="message",
        entry_seq=Seq(3),
        body=body,
        since=begun,
        deadline=deadline,
        attempt=attempt,
        holder="p1",
        attempt_at=begun,
        lease_until=Instant(deadline + 6_000),
    )


def call_to(url: str, *, within_ms: int = 5_000, attempt: int = 1, body: bytes = BODY, **bot: object) -> Call:
    lane = head(within_ms=within_ms, attempt=attempt, body=body)
    return Call(bot=bot_at(url, **bot), cid=CID, conversation_id=CONVERSATION, head=lane)


def client(*allowed: str) -> Client:
    return Client(Guard(allowed=allowed))


def poster(one: Client) -> Poster:
    return Poster(one, now=now, fresh_id=lambda: "f" * 32)


class Answers(AbstractResolver):
    """A resolver that gives one list of addresses after another; an empty one means that there is no such name."""

    def __init__(self, answers: list[list[str]]) -> None:
        self._answers = answers

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if not addresses:
            raise OSError(None, "no such name")
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=0,
            )
            for one in addresses
        ]

    async def close(self) -> None:
        pass
