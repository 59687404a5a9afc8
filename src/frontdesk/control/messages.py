"""The words between a shell command and the running server: one JSON line each way."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import msgspec

from frontdesk.actions.configure import (
    AddBot,
    AddGroup,
    AddWidget,
    IssueToken,
    NewBot,
    RotateSecret,
    SaveBot,
    SaveWidget,
)
from frontdesk.core.ids import BotId, Cid, Instant
from frontdesk.core.people import Bot, Group, Widget

#: Configuration commands by name, each with what it returns.
COMMANDS: Final = MappingProxyType(
    {
        "AddGroup": (AddGroup, Group),
        "AddWidget": (AddWidget, Widget),
        "SaveWidget": (SaveWidget, Widget),
        "AddBot": (AddBot, NewBot),
        "SaveBot": (SaveBot, Bot),
        "IssueToken": (IssueToken, str),
        "RotateSecret": (RotateSecret, str),
    }
)


class AskDirectory(msgspec.Struct, frozen=True, tag_field="ask", tag="directory"):
    """The configuration."""


class AskAttempts(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask", tag="attempts"):
    """The delivery log, newest first."""

    bot_id: BotId | None = None
    cid: Cid | None = None
    before: Instant | None = None
    limit: int = 50


class AskRun(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask", tag="run"):
    """Carry out the command with this name."""

    command: str
    fields: dict[str, Any]


class AskTrial(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask", tag="trial"):
    """Call the bot's webhook with a sample."""

    bot_id: BotId


class AskBackup(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask", tag="backup"):
    """Write the store to a new file; answered by `progress` until it is done."""

    path: str


Ask = AskDirectory | AskAttempts | AskRun | AskTrial | AskBackup


class Told(msgspec.Struct, frozen=True, kw_only=True, tag_field="told", tag="answer"):
    """What was asked for."""

    value: Any


class Denied(msgspec.Struct, frozen=True, kw_only=True, tag_field="told", tag="refusal"):
    """The rules say no."""

    detail: str
    path: str | None = None


class Broken(msgspec.Struct, frozen=True, kw_only=True, tag_field="told", tag="failure"):
    """It could not be done now."""

    detail: str


class Underway(msgspec.Struct, frozen=True, kw_only=True, tag_field="told", tag="progress"):
    """So much of what was asked for is done; the answer comes later."""

    done: int
    total: int


Answer = Told | Denied | Broken | Underway
