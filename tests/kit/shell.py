"""The shell command, called in this process or as a program of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from frontdesk.cli import main


@dataclass(frozen=True)
class Output:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def frontdesk(*words: str, data: Path, typed: str | None = None, env: Mapping[str, str] | None = None) -> Output:
    """Call a command on this data folder."""
    result = CliRunner().invoke(main, ["--data", str(data), *words], input=typed, env=dict(env or {}))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Output(result.exit_code, result.stdout, result.stderr)


async def frontdesk_beside(*words: str, data: Path, typed: str | None = None, **env: str) -> Output:
    """Call a command while a server runs on this loop."""
    return await asyncio.to_thread(frontdesk, *words, data=data, typed=typed, env=env)


@asynccontextmanager
async def program(*words: str, data: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command as a program of its own meanwhile; it is ended by SIGTERM, and must then end by itself."""
    environ = {key: text for key, text in os.environ.items() if not key.startswith("FRONTDESK_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "frontdesk",
        "--data",
        str(data),
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env={**environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(20):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def prints(process: asyncio.subprocess.Process, text: str, *, within: float = 40.0) -> str:
    """Return the first line that the program prints with this text in it."""
    assert process.stdout is not None
    async with asyncio.timeout(within):
        while line := (await process.stdout.readline()).decode():
            if text in line:
                return line
    raise AssertionError(f"the program ended with {process.returncode} and never printed {text!r}")
