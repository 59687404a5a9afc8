"""How many frames one socket may send."""

from __future__ import annotations

from collections import deque

#: So many commands in so many seconds, each window on its own.
WINDOWS = ((20, 10.0), (100, 60.0))
#: So many frames of any kind in ten seconds are no person's doing.
FLOOD = 400
FLOOD_S = 10.0


class Pace:
    """The newest commands of one socket. Times are seconds on a clock that never goes back."""

    def __init__(self) -> None:
        self._commands: deque[float] = deque(maxlen=max(count for count, _ in WINDOWS))
        self._frames: deque[float] = deque(maxlen=FLOOD)

    def flooded(self, now: float) -> bool:
        """Count a frame of any kind; tell whether the socket floods."""
        full = len(self._frames) == FLOOD and now - self._frames[0] < FLOOD_S
        self._frames.append(now)
        return full

    def wait_ms(self, now: float) -> int:
        """Return 0 and count the command, or the milliseconds after which it may be sent again."""
        waits = [self._wait(now, count=count, seconds=seconds) for count, seconds in WINDOWS]
        longest = max(waits)
        if longest > 0:
            return int(longest * 1000) + 1
        self._commands.append(now)
        return 0

    def _wait(self, now: float, *, count: int, seconds: float) -> float:
        if len(self._commands) < count:
            return 0.0
        return max(0.0, self._commands[-count] + seconds - now)
