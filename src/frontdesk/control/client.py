"""Asks the running server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from frontdesk.actions.ports import Command, StoreUnavailable
from frontdesk.control.messages import (
    COMMANDS,
    Answer,
    Ask,
    AskAttempts,
    AskBackup,
    AskDirectory,
    AskRun,
    AskTrial,
    Broken,
    Denied,
    Underway,
)
from frontdesk.control.office import Progress, Trial
from frontdesk.control.server import MAX_LINE
from frontdesk.core.attempt import Attempt
from frontdesk.core.ids import BotId, Cid, Instant
from frontdesk.core.people import Directory
from frontdesk.core.refusals import Refusal

R = TypeVar("R")

#: An answer may hold a page of the delivery log.
MAX_ANSWER = 64 * MAX_LINE

_decoder = msgspec.json.Decoder(Answer)


class RemoteOffice:
    """Answers through the server that listens at the other end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()

    async def directory(self) -> Directory:
        """Return the configuration."""
        return msgspec.convert(await self._ask(AskDirectory()), Directory, strict=False)

    async def run(self, command: Command[R]) -> R:
        """Carry out a configuration command. Raises Refusal or StoreUnavailable."""
        name = type(command).__name__
        _, result = COMMANDS[name]
        told = await self._ask(AskRun(command=name, fields=msgspec.to_builtins(command)))
        return cast("R", msgspec.convert(told, result))

    async def attempts(
        self, *, bot_id: BotId | None = None, cid: Cid | None = None, before: Instant | None = None, limit: int = 50
    ) -> tuple[Attempt, ...]:
        """Return the delivery log, newest first."""
        told = await self._ask(AskAttempts(bot_id=bot_id, cid=cid, before=before, limit=limit))
        return msgspec.convert(told, tuple[Attempt, ...])

    async def trial(self, bot_id: BotId) -> Trial:
        """Call the bot's webhook with a sample. Raises Refusal."""
        return msgspec.convert(await self._ask(AskTrial(bot_id=bot_id)), Trial)

    async def back_up(self, target: Path, *, progress: Progress) -> int:
        """Let the server write the store to a new file. Raises StoreUnavailable."""
        return msgspec.convert(await self._ask(AskBackup(path=str(target)), progress=progress), int)

    async def _ask(self, ask: Ask, *, progress: Progress | None = None) -> Any:
        answer = await self._told(msgspec.json.encode(ask) + b"\n")
        while isinstance(answer, Underway):
            if progress is not None:
                progress(answer.done, answer.total)
            answer = await self._told(b"")
        if isinstance(answer, Denied):
            raise Refusal(answer.detail, path=answer.path)
        if isinstance(answer, Broken):
            raise StoreUnavailable(answer.detail)
        return answer.value

    async def _told(self, request: bytes) -> Answer:
        try:
            self._writer.write(request)
            await self._writer.drain()
            line = await self._reader.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise StoreUnavailable("the server hung up; what was asked for may or may not be done")
        answer: Answer = _decoder.decode(line)
        return answer


async def find_server(path: Path) -> RemoteOffice | None:
    """Return the server that listens at `path`, or None where none does. Raises StoreUnavailable where it may not."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=MAX_ANSWER)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        return None
    except OSError as error:
        raise StoreUnavailable(f"the server's socket {path} cannot be opened: {error.strerror}") from error
    return RemoteOffice(reader, writer)
