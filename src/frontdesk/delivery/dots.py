"""Shows the dots once a bot keeps its contact waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from frontdesk.core.ids import ConversationId, EventId, Instant
from frontdesk.core.session import Head, Session

#: Milliseconds that a contact waits before the dots appear.
TYPING_AFTER_MS = 800


class Signals(Protocol):
    """Tells those who look at a conversation what is not worth storing."""

    def typing(self, conversation_id: ConversationId, seconds: float) -> None:
        """Show that the bot is typing for at most so many seconds; 0 takes it away."""
        ...


class Dots:
    """One task for all events under way: most are answered before it has anything to do."""

    def __init__(
        self, signals: Signals, *, now: Callable[[], Instant], pause: Callable[[float], Awaitable[None]]
    ) -> None:
        self._signals = signals
        self._now = now
        self._pause = pause
        #: In the order of arrival, which is the order in which they are due.
        self._expected: dict[EventId, tuple[Session, Head]] = {}
        self._watching: asyncio.Task[None] | None = None

    def expect(self, session: Session, head: Head) -> None:
        """Show the dots when the head has waited long enough, unless it is forgotten before."""
        if session.closed is not None:
            return
        if self._wait_ms(head) <= 0:
            self._show(session, head)
            return
        self._expected[head.event_id] = (session, head)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="dots")

    def forget(self, head: Head) -> None:
        """Show nothing for this head any more."""
        self._expected.pop(head.event_id, None)

    async def stop(self) -> None:
        """Show nothing any more."""
        self._expected.clear()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while self._expected:
            session, head = next(iter(self._expected.values()))
            wait_ms = self._wait_ms(head)
            if wait_ms > 0:
                await self._pause(wait_ms / 1000)
            elif self._expected.pop(head.event_id, None):
                self._show(session, head)
        self._watching = None

    def _wait_ms(self, head: Head) -> int:
        return head.since + TYPING_AFTER_MS - self._now()

    def _show(self, session: Session, head: Head) -> None:
        left_ms = head.deadline - self._now()
        if left_ms > 0:
            self._signals.typing(session.conversation_id, left_ms / 1000)
