"""Processes of ours that are killed and started again, and the lines that they leave behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from frontdesk.failpoints import VARIABLE

ROOT = Path(__file__).resolve().parents[2]
#: No wait in a crash test is longer.
PATIENCE_S = 30.0


@dataclass
class Victim:
    """A process that runs until it is killed. `lines` is what it said, without a line that broke off."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _said: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reading: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.endswith(b"\n"):
                async with self._said:
                    self.lines.append(line.decode().rstrip("\n"))
                    self._said.notify_all()

    async def said(self, count: int) -> None:
        """Wait until it said so many lines."""
        async with asyncio.timeout(PATIENCE_S), self._said:
            await self._said.wait_for(lambda: len(self.lines) >= count)

    async def kill(self) -> None:
        """Kill it now, where it still runs."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.died()

    async def died(self) -> None:
        """Wait until it is dead, and all that it said was heard."""
        async with asyncio.timeout(PATIENCE_S):
            await self.process.wait()
            assert self._reading is not None
            await self._reading

    @property
    def has_ended(self) -> bool:
        return self.process.returncode is not None

    @property
    def was_killed(self) -> bool:
        return self.process.returncode == -signal.SIGKILL


@asynccontextmanager
async def victim(
    *arguments: str, fail: str | None = None, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Victim]:
    """Run `python -m …`, to be killed at the failpoint `fail` (`name:kill:times`) or by the end of the block."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    variables |= {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **(environment or {})}
    if fail is not None:
        variables[VARIABLE] = fail
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, stdout=asyncio.subprocess.PIPE, env=variables, cwd=ROOT
    )
    one = Victim(process)
    one._reading = asyncio.create_task(one.listen())
    try:
        yield one
    finally:
        await one.kill()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def listening(port: int, *, server: Victim) -> None:
    """Wait until the server listens on the port, or died before it did: it goes on with dead lanes first."""
    async with asyncio.timeout(PATIENCE_S):
        while server.process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
