"""Writes the nested parts of records as JSON, with a kind beside each member of a union."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from frontdesk.core.charge import Charge, Ended, Waiting, WithBot
from frontdesk.core.entries import (
    Author,
    BotFailed,
    Bubbles,
    ByBot,
    ByContact,
    BySystem,
    Carousel,
    Click,
    ContactUpdated,
    Content,
    ConversationEnded,
    Joined,
    Message,
    Navigate,
    Navigated,
    Note,
    Notice,
    Queued,
)

U = TypeVar("U")

_encode = msgspec.json.Encoder().encode


def to_json(value: object) -> str:
    """Return the value as JSON text. Raises UnicodeEncodeError for a lone surrogate."""
    return _encode(value).decode()


class Kinds(Generic[U]):
    """The members of one union, each under the word that is stored for it."""

    def __init__(self, members: Mapping[str, type]) -> None:
        self._names = {member: name for name, member in members.items()}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {
            name: msgspec.json.Decoder(member) for name, member in members.items()
        }

    def pack(self, value: U) -> tuple[str, str]:
        """Return the value's kind and its fields as JSON."""
        return self._names[type(value)], to_json(value)

    def unpack(self, kind: str, fields: str) -> U:
        """Return the value that `pack` was given."""
        member: U = self._decoders[kind].decode(fields)
        return member


CHARGES: Kinds[Charge] = Kinds({"bot": WithBot, "waiting": Waiting, "ended": Ended})
AUTHORS: Kinds[Author] = Kinds({"contact": ByContact, "bot": ByBot, "system": BySystem})
CONTENTS: Kinds[Content] = Kinds(
    {
        "message": Message,
        "bubbles": Bubbles,
        "carousel": Carousel,
        "click": Click,
        "navigate": Navigate,
        "navigated": Navigated,
        "note": Note,
        "joined": Joined,
        "queued": Queued,
        "bot_failed": BotFailed,
        "contact_updated": ContactUpdated,
        "notice": Notice,
        "ended": ConversationEnded,
    }
)
