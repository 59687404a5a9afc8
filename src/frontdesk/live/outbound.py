"""The bounded queue of frames on their way to one socket."""

from __future__ import annotations

import asyncio
from collections import deque

MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024


class Outbound:
    """Frames for one socket in order; a socket that does not keep up is given up, not waited for."""

    def __init__(self, *, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        #: Each frame with what it counts against the limit in bytes.
        self._frames: deque[tuple[str, int]] = deque()
        self._bytes = 0
        self._documents = 0
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._ready = asyncio.Event()
        #: Set once the queue was full: what came then is lost, so the socket has to resume from its cursor.
        self.overflowed = False
        self._finished = False

    def put(self, frame: str) -> None:
        """Queue a frame, or give the socket up where the queue is full."""
        self._put(frame, size=len(frame) if frame.isascii() else len(frame.encode()))

    def put_document(self, frame: str) -> None:
        """Queue an answer that may be larger than the whole limit; one at a time may wait here."""
        if self._documents:
            self.overflow()
            return
        self._documents += 1
        self._put(frame, size=0)

    def overflow(self) -> None:
        """Give the socket up; its reader gets None next."""
        self.overflowed = True
        self._frames.clear()
        self._ready.set()

    def finish(self) -> None:
        """Take no more; after what waits, the reader gets None."""
        self._finished = True
        self._ready.set()

    async def get(self) -> str | None:
        """Return the next frame, or None once the queue has overflowed or is finished."""
        while not self._frames:
            if self.overflowed or self._finished:
                return None
            self._ready.clear()
            await self._ready.wait()
        return self.waiting()

    def waiting(self) -> str | None:
        """Return the next frame where one waits already."""
        if not self._frames:
            return None
        frame, size = self._frames.popleft()
        self._bytes -= size
        if size == 0:
            self._documents -= 1
        return frame

    def _put(self, frame: str, *, size: int) -> None:
        if self.overflowed or self._finished:
            return
        if len(self._frames) >= self._max_frames or self._bytes + size > self._max_bytes:
            self.overflow()
            return
        self._bytes += size
        self._frames.append((frame, size))
        self._ready.set()
