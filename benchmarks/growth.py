"""Whether a turn costs more once there is a long past: 1,000 stored conversations against 1,000,000."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import processes
from benchmarks.results import Result
from benchmarks.windows import COLUMNS, Window, cells, typical, window
from frontdesk.store.sqlite.folder import DATA_FILE

FEW, MANY = 1_000, 1_000_000
AT_ONCE = 32
ROUNDS = 7
MOST = 1.1
_AT_ONCE_ROWS = 20_000

HOW = (
    "Two servers run side by side, one with 1,000 ended conversations of four entries each and their deliveries in its "
    "file, one with 1,000,000, and take turns; the ratio is the median of the ratios of neighbours."
)


async def run(folder: Path, *, quick: bool) -> Result:
    """Measure a turn on a young store and on an old one."""
    many = 20_000 if quick else MANY
    found: dict[int, list[Window]] = {FEW: [], many: []}
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(processes.bot())
        servers = {}
        for count in found:
            data = folder / str(count)
            await processes.furnish(data, bot_urls=[f"http://127.0.0.1:{bot.port}/"])
            await asyncio.to_thread(fill, data / DATA_FILE, count=count)
            servers[count] = await stack.enter_async_context(processes.server(data))
        for _ in range(2 if quick else ROUNDS):
            for count, server in servers.items():
                found[count].append(await window(server, [processes.widget_door(server)], at_once=AT_ONCE))
    ratio = median(b.cpu_us / a.cpu_us for a, b in zip(found[FEW], found[many], strict=True))
    return Result(
        name="growth",
        columns=COLUMNS,
        rows=tuple(cells(f"{count:,} stored", typical(windows)) for count, windows in found.items()),
        targets={f"CPU with {many:,} at most {MOST} × with {FEW:,} ({ratio:.2f})": ratio <= MOST},
        how=HOW,
    )


def fill(path: Path, *, count: int) -> None:
    """Put ended conversations into a store's file, past its rules but in its form."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        for start in range(0, count, _AT_ONCE_ROWS):
            past = [list(rows) for rows in zip(*_past(min(_AT_ONCE_ROWS, count - start)), strict=True)]
            db.execute("BEGIN")
            for (table, width, each), rows in zip(_TABLES, past, strict=True):
                marks = ", ".join("?" * width)
                values = rows if each == 1 else [row for several in rows for row in several]
                db.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            db.execute("COMMIT")


#: Tables with their number of columns, and rows for each conversation.
_TABLES = (("contacts", 9, 1), ("conversations", 16, 1), ("sessions", 21, 1), ("entries", 10, 4), ("attempts", 7, 2))


def _past(count: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one ended conversation after another, in the order of the tables."""
    at = processes.now() - 86_400_000
    for _ in range(count):
        contact, conversation = f"ct_{secrets.token_hex(16)}", f"cv_{secrets.token_hex(16)}"
        cid = f"chatbot::1:{secrets.token_hex(16)}"
        ended = (
            '{"at":%d,"reason":"bot_ended"}' % at,  # noqa: UP031 -- braces
            4,
            "normal",
            '{"url":"https://shop.example/","title":null,"referrer":null}',
            0,
            1,
            "[1]",
            at,
            None,
            4,
            None,
        )
        entries = [
            (conversation, seq, contact, at, *said, f"m{seq}" if seq % 2 == 0 else None, None)
            for seq, said in enumerate(_SAID, start=1)
        ]
        attempts = [(secrets.token_hex(16), 1, cid, conversation, at, "ok", _RECORD) for _ in range(2)]
        yield (
            (contact, 1, secrets.token_hex(32), None, at, at, conversation, 1, "{}"),
            (conversation, 1, contact, at, "ended", *ended),
            (cid, conversation, 1, at, b"{}", at, "ended", 4, 4, 2, "[]", *[None] * 10),
            entries,
            attempts,
        )


_BY_BOT = '{"bot_id":1,"cid":"chatbot::1:0","name":"Robo"}'
_SAID = (
    ("bot", _BY_BOT, "joined", "{}"),
    ("contact", "{}", "message", '{"body":"Where is my order 10249?","format":"plain"}'),
    ("bot", _BY_BOT, "message", '{"body":"Your order left us on Tuesday.","format":"plain"}'),
    ("system", "{}", "ended", '{"reason":"bot_ended"}'),
)
_RECORD = "{}"
