"""A clock that shows the time of day and runs evenly, also while somebody sets the clock of the machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from frontdesk.core.ids import Instant

#: How much faster or slower than real time it runs while it catches up with the clock of the machine.
SLEW = 0.1
#: Further off than this (two days), the time before was never right: it is taken over at once.
HOPELESS_MS = 2 * 24 * 3_600_000


def wall_ms() -> int:
    """Return the time of day by the machine's clock, in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def elapsed_ms() -> float:
    """Return milliseconds that only grow, and go on while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) / 1_000_000


class SteadyClock:
    """Gives the time for deadlines, leases and entries; what must say the true time asks the machine's clock itself.

    Where that clock jumps (by hand, by a late time server), this one approaches it by a tenth of the time that passes:
    no deadline comes early by more, and none is missed (guarantee X8). May be called on any thread.
    """

    def __init__(self, *, wall: Callable[[], int] = wall_ms, elapsed: Callable[[], float] = elapsed_ms) -> None:
        self._wall = wall
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._looked_at = elapsed()
        self._time = float(wall())

    def __call__(self) -> Instant:
        """Return the time."""
        with self._lock:
            now = self._elapsed()
            passed, self._looked_at = max(0.0, now - self._looked_at), now
            self._time += passed
            off = self._wall() - self._time
            if abs(off) > HOPELESS_MS:
                self._time += off
            else:
                self._time += max(-SLEW * passed, min(SLEW * passed, off))
            return Instant(int(self._time))
