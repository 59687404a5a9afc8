"""The `frontdesk` program as a process of its own, which a test may kill."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "frontdesk")
ROOT = Path(__file__).parents[2]
START_S = 30.0
STOP_S = 20.0


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without settings of the server."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith("FRONTDESK_")}
    return {**kept, "COLUMNS": "200", **more}


async def frontdesk(data: Path, *words: str) -> Any:
    """Run one command that prints JSON; return it."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--data", str(data), *words, "--json", cwd=ROOT, env=environment(), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(START_S):
        printed, _ = await process.communicate()
    assert process.returncode == 0, printed
    return json.loads(printed)


@dataclass
class Program:
    """A long-running command."""

    words: tuple[str, ...]
    environ: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def starts(self, until: str) -> str:
        """Start it, and return what the pattern's group finds in the first line that fits."""
        self.process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *self.words,
            cwd=ROOT,
            env=environment(**self.environ),
            stdout=asyncio.subprocess.PIPE,
            # Whatever it started is in its group, and goes with it.
            start_new_session=True,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_S):
            while line := (await self.process.stdout.readline()).decode():
                if found := re.search(until, line):
                    return found[1]
        raise AssertionError(f"frontdesk {' '.join(self.words)} ended with {await self.process.wait()}")

    async def is_killed(self) -> None:
        """Kill it as the kernel would."""
        await self._ends(signal.SIGKILL)

    async def stops(self) -> None:
        """Ask it to stop; a second call does nothing."""
        await self._ends(signal.SIGTERM)

    async def _ends(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(how)
        async with asyncio.timeout(STOP_S):
            await process.communicate()


@asynccontextmanager
async def demo(data: Path) -> AsyncIterator[str]:
    """Run what `make run` runs; return the address of the shop."""
    program = Program(words=("--data", str(data), "demo", "--port", "0"), environ={"ORDER_STATUS_DELAY_S": "1"})
    try:
        yield await program.starts(r"with the widget\s+(\S+)")
    finally:
        await program.stops()
