"""One connection of each process that listens: it tells others that the process lives, and carries their hints."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress

import structlog

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.store.postgres.connection import FAULTS, Connection, Overtaken, answering, connect

#: The first half of the advisory locks by which processes show that they live.
ROOM = 0x46724B
#: Where processes tell one another of commits, and of a changed configuration.
HINTS = "frontdesk_hints"
CONFIGURATION = "frontdesk_configuration"
LOOK_S = 1.0
#: A process counts as dead once it was missed for so long: after a cut all need a moment to come back.
MISSED_S = 0.9


class Watch:
    """Holds this process's number and listens, from `start` to `stop`; a lost connection is made again.

    It is a wire for hints. Hints may be lost at any time: whoever gets them reads the store, and looks again by itself after a while.
    """

    shared = True

    def __init__(self, url: str) -> None:
        self._url = url
        #: A process keeps its number for life.
        self.number = secrets.randbelow(2**31 - 1) + 1
        self.room = ROOM
        self._connection: Connection | None = None
        self._heard: list[Callable[[str], None]] = []
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._missed: dict[str, float] = {}
        self._log = structlog.get_logger("frontdesk.store")

    @property
    def holder(self) -> str:
        """The name under which this process claims attempts."""
        return str(self.number)

    async def start(self, refresh: Callable[[], Awaitable[object]]) -> None:
        """Take the number and listen; call `refresh` where the configuration may have changed. Raises StoreUnavailable."""
        await self._connect()
        self._task = asyncio.create_task(self._run(refresh), name="store watch")

    async def stop(self) -> None:
        """Let go of the number."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._connection is not None and not self._connection.is_closed():
            with suppress(*FAULTS):
                await self._connection.close(timeout=2.0)

    def hear(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with each hint of any process, this one too, for as long as hints arrive."""
        self._heard.append(callback)

    async def send(self, hint: str) -> None:
        """Give a hint of up to 7,999 bytes to all processes. Raises StoreUnavailable; then it is lost."""
        connection = self._connection
        if connection is None or connection.is_closed():
            raise StoreUnavailable("the connection for hints is away")
        with answering():
            await connection.execute("SELECT pg_notify($1, $2)", HINTS, hint)

    def not_dead(self, living: Iterable[int]) -> list[str]:
        """Return the holders of these processes and of this one."""
        return [self.holder, *(str(one) for one in living)]

    def doubted(self, missing: Collection[str]) -> set[str]:
        """Return those of the missing holders that were seen a moment ago, and may only be coming back."""
        now = time.monotonic()
        self._missed = {one: self._missed.get(one, now) for one in missing}
        return {one for one, since in self._missed.items() if now - since < MISSED_S}

    async def _run(self, refresh: Callable[[], Awaitable[object]]) -> None:
        """Look for a changed configuration when told, and each second; connect again where that is needed."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()
            self._changed.clear()
            try:
                if self._connection is None or self._connection.is_closed():
                    await self._connect()
                await refresh()
            except (StoreUnavailable, Overtaken) as error:
                self._log.warning("store.watch_failed", reason=str(error))
            except Exception:  # noqa: BLE001 (the watch goes on; what broke is in the log)
                self._log.exception("store.watch_broke")

    async def _connect(self) -> None:
        connection = await connect(self._url)
        try:
            with answering():
                # A connection that only listens must not be cut for being idle, and keeps the number while it stands.
                await connection.execute("SELECT pg_advisory_lock($1::int, $2::int)", ROOM, self.number)
                await connection.add_listener(HINTS, self._hinted)
                await connection.add_listener(CONFIGURATION, self._configured)
        except (StoreUnavailable, Overtaken):
            connection.terminate()
            raise
        self._connection = connection

    def _hinted(self, *news: object) -> None:
        for callback in self._heard:
            callback(str(news[-1]))

    def _configured(self, *_: object) -> None:
        self._changed.set()
