"""One window of load: so many conversations at once, each a number of turns; and the figures of several windows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.people import Contact, Door, crowd
from benchmarks.processes import Running

#: A widget's socket may send 20 commands in ten seconds; `hello` and `open` are two of them.
TURNS_EACH = 16
#: A window has so many turns at least.
TURNS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What one window came to: microseconds of the server's processor, turns a second, milliseconds."""

    cpu_us: float
    rate: float
    p50_ms: float
    p99_ms: float


async def window(running: Running, doors: Sequence[Door], *, at_once: int, turns: int = TURNS) -> Window:
    """Let new contacts talk, `at_once` of them at any time, spread over the doors."""
    people = max(at_once, -(-turns // TURNS_EACH))
    groups = await asyncio.gather(*(crowd(door, count=-(-people // len(doors))) for door in doors))
    contacts = [one for several in zip(*groups, strict=True) for one in several]
    used, began = running.cpu(), time.perf_counter()
    lanes = await asyncio.gather(*(_lane(contacts[number::at_once]) for number in range(at_once)))
    seconds, used = time.perf_counter() - began, running.cpu() - used
    for one in contacts:
        one.close()
    took = sorted(one for lane in lanes for one in lane)
    return Window(
        cpu_us=used / len(took) * 1e6,
        rate=len(took) / seconds,
        p50_ms=percentile(took, 50) * 1e3,
        p99_ms=percentile(took, 99) * 1e3,
    )


async def _lane(contacts: Sequence[Contact]) -> list[float]:
    """Let one contact after another have all its turns."""
    return [await contact.say() for contact in contacts for _ in range(TURNS_EACH)]


def percentile(ordered: Sequence[float], share: int) -> float:
    """Return the value below which `share` percent of the values lie."""
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def typical(windows: Sequence[Window]) -> Window:
    """Return the median of each figure."""
    return Window(
        cpu_us=median(one.cpu_us for one in windows),
        rate=median(one.rate for one in windows),
        p50_ms=median(one.p50_ms for one in windows),
        p99_ms=median(one.p99_ms for one in windows),
    )


def cells(name: str, found: Window) -> tuple[str, ...]:
    """Return a row of a table."""
    return (name, f"{found.cpu_us:.0f}", f"{found.rate:.0f}", f"{found.p50_ms:.1f}", f"{found.p99_ms:.1f}")


COLUMNS = ("case", "CPU µs a turn", "turns/s", "p50 ms", "p99 ms")
