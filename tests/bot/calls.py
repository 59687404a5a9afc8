"""Webhook calls as the platform makes them, for tests of the SDK."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from frontdesk.bot import Bot, Response

CID = "chatbot::1:00112233445566778899aabbccddeeff"
_numbers = itertools.count(1)


def call(
    name: str, *, context: dict[str, Any] | None = None, event_id: str | None = None, cid: str = CID, **payload: Any
) -> bytes:
    """The bytes of one call, with a new event id where none is given."""
    info = {
        "cid": cid,
        "approach_mode": "normal",
        "contact": {"id": "ct_1", "name": "Ann"},
        "context": context or {},
        "widget": {"id": 1, "key": "k", "name": "Shop", "language": "en"},
        "conversation": {"id": "cv_1", "status": "live", "created_at": "2024-01-01T09:00:00Z"},
        "event_id": f"evt_{next(_numbers)}" if event_id is None else event_id,
        "seq": 1,
    }
    return msgspec.json.encode({"info": info, "packet": {"name": name, "payload": payload}})


async def answered(bot: Bot, name: str, **wishes: Any) -> list[dict[str, Any]]:
    """The events that the bot answers a call with."""
    response = await bot.handle(call(name, **wishes), {})
    assert response.status == 200, response.body
    return events(response)


def events(response: Response) -> list[dict[str, Any]]:
    """The events of an answer."""
    found: list[dict[str, Any]] = msgspec.json.decode(response.body)
    return found
