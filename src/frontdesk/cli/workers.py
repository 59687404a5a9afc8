"""Several server processes that share one listening socket, and the one that looks after them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import time
from collections.abc import Sequence

import structlog

from frontdesk.cli.shell import UNREACHABLE

#: A worker that lived for so long was well; the next pause is the first again.
WELL_S = 10.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
#: Longer than a worker takes to finish what is under way.
STOP_S = 20.0


class Workers:
    """Runs `count` workers on one socket; one that dies is started again, and what it had is taken on by the others.

    The socket is made here and handed on, so connections that wait for a worker that died wait for the others too.
    """

    def __init__(self, arguments: Sequence[str], *, listening: socket.socket, count: int) -> None:
        self._arguments = [sys.executable, "-m", "frontdesk", *arguments, "--worker-fd", str(listening.fileno())]
        self._listening = listening
        self._count = count
        self._running: set[asyncio.subprocess.Process] = set()
        self._stopping = asyncio.Event()
        self._failed: int | None = None
        self._log = structlog.get_logger("frontdesk.workers")

    async def run(self) -> int:
        """Run until SIGTERM or Ctrl-C; return the exit code: 0, or that of workers that cannot start at all."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stopping.set)
        keepers = [asyncio.create_task(self._keep(number)) for number in range(1, self._count + 1)]
        await self._stopping.wait()
        for process in self._running:
            process.terminate()
        _, late = await asyncio.wait(keepers, timeout=STOP_S)
        if late:
            for process in self._running:
                process.kill()
            await asyncio.wait(late)
        return self._failed or 0

    async def _keep(self, number: int) -> None:
        """Start a worker again whenever it ends, after a pause that grows while it does not live long."""
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._live()
            if self._stopping.is_set():
                return
            lived_s = time.monotonic() - began
            if code == UNREACHABLE:
                # It said why; another try would end in the same way.
                self._failed = code
                self._stopping.set()
                return
            pause_s = FIRST_PAUSE_S if lived_s >= WELL_S else min(2 * pause_s, LONGEST_PAUSE_S)
            self._log.error("worker.died", worker=number, code=code, lived_s=round(lived_s, 1), again_in_s=pause_s)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._stopping.wait()

    async def _live(self) -> int:
        # A worker reads the end of its input when we are gone, however that came about, and ends too.
        process = await asyncio.create_subprocess_exec(
            *self._arguments, stdin=asyncio.subprocess.PIPE, pass_fds=[self._listening.fileno()]
        )
        self._running.add(process)
        try:
            if self._stopping.is_set():
                process.terminate()
            return await process.wait()
        finally:
            self._running.discard(process)
