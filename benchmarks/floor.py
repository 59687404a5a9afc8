"""The floor under a bot turn: the leanest program that does the same durable work with the same libraries.

One frame in, two grouped commits with `synchronous=FULL`, one signed HTTP call to the same bot, an acknowledgement, and
each message pushed to the contact and to one operator. It checks nothing, recognises nobody, never tries again and
forgets everything at its end. Run as a process of its own: `python -m benchmarks.floor <folder> <bot's URL>`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import uvicorn
import uvloop

Send = Callable[[dict[str, Any]], Awaitable[None]]

SCHEMA = """
CREATE TABLE sessions (cid TEXT PRIMARY KEY, cursor INTEGER, head_event TEXT, head_body BLOB);
CREATE TABLE entries (conversation TEXT, seq INTEGER, message_id TEXT, at INTEGER, author TEXT, body TEXT);
CREATE UNIQUE INDEX entries_seq ON entries (conversation, seq);
CREATE UNIQUE INDEX entries_message ON entries (conversation, message_id) WHERE message_id IS NOT NULL;
CREATE TABLE attempts (id TEXT PRIMARY KEY, cid TEXT, at INTEGER, outcome TEXT, sent TEXT, got TEXT);
"""
APPEND = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)"
HEAD = "UPDATE sessions SET cursor = ?, head_event = ?, head_body = ? WHERE cid = ?"
OPEN = "INSERT INTO sessions VALUES (?, 0, NULL, NULL)"
LOG = "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?)"

#: The statements of one change, each with its row.
Rows = list[tuple[str, tuple[Any, ...]]]


class Ledger:
    """Saves the changes of many callers in few transactions."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + SCHEMA)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waiting: list[tuple[Rows, asyncio.Future[None]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def save(self, rows: Rows) -> None:
        """Return once the rows are on disk."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, done))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        await done

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await loop.run_in_executor(self._thread, self._commit, [rows for rows, _ in batch])
            for _, done in batch:
                done.set_result(None)
        self._worker = None

    def _commit(self, batch: list[Rows]) -> None:
        by_statement: dict[str, list[tuple[Any, ...]]] = {}
        for rows in batch:
            for sql, row in rows:
                by_statement.setdefault(sql, []).append(row)
        self._db.execute("BEGIN IMMEDIATE")
        for sql, all_rows in by_statement.items():
            self._db.executemany(sql, all_rows)
        self._db.execute("COMMIT")


@dataclass(slots=True)
class Talk:
    """One contact's conversation."""

    id: str
    cid: str
    seq: int = 0


class Floor:
    """Takes messages to the bot and answers back."""

    def __init__(self, ledger: Ledger, client: aiohttp.ClientSession, *, bot_url: str) -> None:
        self._ledger = ledger
        self._client = client
        self._bot_url = bot_url
        self._key = secrets.token_bytes(32)
        self._operator: Send | None = None

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        """Serve one socket, of a contact or of the operator."""
        await receive()
        await send({"type": "websocket.accept"})
        if scope["path"] == "/operator":
            self._operator = send
            await receive()
            return
        talk = Talk(secrets.token_hex(16), f"chatbot::1:{secrets.token_hex(16)}")
        await self._ledger.save([(OPEN, (talk.cid,))])
        while (event := await receive())["type"] == "websocket.receive":
            await self._turn(talk, msgspec.json.decode(event["text"]), send=send)

    async def _turn(self, talk: Talk, frame: dict[str, str], *, send: Send) -> None:
        at, event_id = time.time_ns() // 1_000_000, f"evt_{secrets.token_hex(16)}"
        call = {
            "info": {"cid": talk.cid, "context": {}, "conversation": {"id": talk.id}, "event_id": event_id},
            "packet": {"name": "message", "payload": {"body": frame["body"]}},
        }
        body = msgspec.json.encode(call)
        talk.seq += 1
        entry: tuple[Any, ...] = (talk.id, talk.seq, frame["message_id"], at, "contact", frame["body"])
        await self._ledger.save([(APPEND, entry), (HEAD, (talk.seq, event_id, body, talk.cid))])
        await send(_text({"type": "ack", "message_id": frame["message_id"], "seq": talk.seq}))
        await self._push(entry, send=send)
        got = await self._post(body, event_id=event_id, at=at)
        answer = msgspec.json.decode(got)[0]["packet"]["payload"]["body"]
        talk.seq += 1
        entry = (talk.id, talk.seq, None, at, "bot", answer)
        log = (secrets.token_hex(16), talk.cid, at, "ok", body.decode(), got.decode())
        await self._ledger.save([(APPEND, entry), (HEAD, (talk.seq, None, None, talk.cid)), (LOG, log)])
        await self._push(entry, send=send)

    async def _post(self, body: bytes, *, event_id: str, at: int) -> bytes:
        timestamp = str(at // 1000)
        digest = hmac.digest(self._key, b".".join((event_id.encode(), timestamp.encode(), body)), hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        async with self._client.post(self._bot_url, data=body, headers=headers) as response:
            return await response.read()

    async def _push(self, entry: tuple[Any, ...], *, send: Send) -> None:
        conversation, seq, message_id, at, author, body = entry
        view = {"kind": "message", "seq": seq, "at": at, "author": author, "message_id": message_id, "body": body}
        frame = _text({"type": "entries", "conversation": conversation, "entries": [view]})
        await send(frame)
        if self._operator is not None:
            await self._operator(frame)


def _text(frame: dict[str, Any]) -> dict[str, Any]:
    return {"type": "websocket.send", "text": msgspec.json.encode(frame).decode()}


async def serve(folder: Path, bot_url: str) -> None:
    """Serve until the process is ended; prints the port."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:
        config = uvicorn.Config(
            Floor(Ledger(folder / "floor.sqlite3"), client, bot_url=bot_url),
            port=0,
            loop="none",
            http="httptools",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
        )
        listening = config.bind_socket()
        listening.listen(1024)
        print(listening.getsockname()[1], flush=True)
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1]), sys.argv[2]))
