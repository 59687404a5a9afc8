"""Runs the benchmarks that are named on the command line, or all of them: `python -m benchmarks [--quick] [name …]`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import uvloop

from benchmarks import bot_turn, growth, idle_sockets, reconnect_storm, results, slow_bot, store_commit
from benchmarks.results import Result


class Benchmark(Protocol):
    """Measures something; `folder` is empty and goes away afterwards, `quick` only looks whether it runs."""

    def __call__(self, folder: Path, *, quick: bool) -> Awaitable[Result]:
        """Return what was found."""
        ...


BENCHMARKS: dict[str, Benchmark] = {
    "bot_turn": bot_turn.run,
    "slow_bot": slow_bot.run,
    "idle_sockets": idle_sockets.run,
    "reconnect_storm": reconnect_storm.run,
    "growth": growth.run,
    "store_commit": store_commit.run,
}
QUICK = "--quick"


def main() -> None:
    """Run the benchmarks. Exits with 2 where one is not known."""
    quick = QUICK in sys.argv[1:]
    names = [one for one in sys.argv[1:] if one != QUICK] or list(BENCHMARKS)
    unknown = sorted(set(names) - BENCHMARKS.keys())
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        sys.exit(2)
    for name in names:
        load = os.getloadavg()[0]
        found = _measured(BENCHMARKS[name], quick=quick)
        # A quick run only shows that the benchmark works; its figures are not worth keeping.
        results.tell(found, load_before=load, keep="" if quick else "results")


def _measured(benchmark: Callable[..., Awaitable[Result]], *, quick: bool) -> Result:
    async def measured(folder: Path) -> Result:
        return await benchmark(folder, quick=quick)

    with (
        tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(measured(Path(folder)))


if __name__ == "__main__":
    main()
