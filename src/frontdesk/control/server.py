"""Answers shell commands over a Unix socket that only the server's own user can open."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import msgspec
import structlog

from frontdesk.actions.ports import StoreUnavailable
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
    Told,
    Underway,
)
from frontdesk.control.office import Office, Progress
from frontdesk.core.refusals import Refusal

#: Bytes of one request.
MAX_LINE = 1024 * 1024
#: Seconds that a connection may stay idle.
IDLE_S = 60.0

_decoder = msgspec.json.Decoder(Ask)
_log = structlog.get_logger("frontdesk.control")


class ControlServer:
    """Listens at `path` between `start` and `stop`."""

    def __init__(self, *, office: Office, path: Path) -> None:
        self._office = office
        self._path = path
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen. A socket that a killed server left behind is replaced."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # The mode has to be right before anybody can connect, so the mask is narrowed around bind().
        mask = os.umask(0o177)
        try:
            listening.bind(str(self._path))
        finally:
            os.umask(mask)
        self._server = await asyncio.start_unix_server(self._connected, sock=listening, limit=MAX_LINE)

    async def stop(self) -> None:
        """Stop listening, end the talks and remove the socket."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._talks):
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()
        self._path.unlink(missing_ok=True)
        self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, TimeoutError, ValueError):
            _log.debug("control.cut")
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(IDLE_S):
                line = await reader.readline()
            if not line:
                return
            answer = await self._answer(line, writer=writer)
            writer.write(msgspec.json.encode(answer) + b"\n")
            await writer.drain()

    async def _answer(self, line: bytes, *, writer: asyncio.StreamWriter) -> Answer:
        def progress(done: int, total: int) -> None:
            writer.write(msgspec.json.encode(Underway(done=done, total=total)) + b"\n")

        try:
            return Told(value=await self._asked(_decoder.decode(line), progress=progress))
        except Refusal as refusal:
            return Denied(detail=refusal.detail, path=refusal.path)
        except StoreUnavailable as wrong:
            return Broken(detail=str(wrong))
        except (msgspec.MsgspecError, KeyError) as wrong:
            return Broken(detail=f"The server does not understand the command: {wrong}. Are both of one version?")
        except Exception:  # noqa: BLE001 -- a bug here is told to the shell and logged; the server goes on
            _log.exception("control.broke")
            return Broken(detail="The server failed at this; its log says why.")

    async def _asked(self, ask: Ask, *, progress: Progress) -> object:
        match ask:
            case AskDirectory():
                return await self._office.directory()
            case AskAttempts(bot_id=bot_id, cid=cid, before=before, limit=limit):
                return await self._office.attempts(bot_id=bot_id, cid=cid, before=before, limit=limit)
            case AskRun(command=name, fields=fields):
                kind, _ = COMMANDS[name]
                _log.info("control.ran", command=name)
                return await self._office.run(msgspec.convert(fields, kind))
            case AskTrial(bot_id=bot_id):
                trial = await self._office.trial(bot_id)
                if trial.brought_back:
                    _log.warning("bot.online", bot_id=bot_id, tested=True)
                return trial
            case AskBackup(path=path):
                _log.info("control.ran", command="backup")
                return await self._office.back_up(Path(path), progress=progress)
