"""How late an event loop is, measured while a test runs on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LOOK_S = 0.02


@dataclass
class Lag:
    """Seconds by which the loop was late, one for each look."""

    seen: list[float] = field(default_factory=list)

    @property
    def max(self) -> float:
        return max(self.seen, default=0.0)

    @property
    def p99(self) -> float:
        return sorted(self.seen)[int(len(self.seen) * 0.99)] if self.seen else 0.0


@asynccontextmanager
async def watched_loop() -> AsyncIterator[Lag]:
    """Look at the loop again and again until the end of the block."""
    lag, loop = Lag(), asyncio.get_running_loop()

    async def look() -> None:
        while True:
            due = loop.time() + LOOK_S
            await asyncio.sleep(LOOK_S)
            lag.seen.append(max(0.0, loop.time() - due))

    looking = asyncio.create_task(look())
    try:
        yield lag
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
