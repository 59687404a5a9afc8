"""Reads that every database answers to the same named query."""

from __future__ import annotations

from abc import abstractmethod

from frontdesk.core.attempt import Attempt
from frontdesk.core.ids import BotId, Cid, ConversationId, EventId, Instant, WidgetId
from frontdesk.core.people import Contact
from frontdesk.store import rows
from frontdesk.store.reading import FOR_EVER


class Asking:
    """The part of a Reader that is the same for all databases."""

    @abstractmethod
    async def _all(self, name: str, *values: object) -> list[rows.Row]:
        """Return the rows of a named query. Raises StoreUnavailable."""

    async def contact_by_token(self, widget_id: WidgetId, token_sha256: str) -> Contact | None:
        """Return the widget's contact with this token, or with it as the previous one."""
        found = await self._all("contact_by_token", widget_id, token_sha256)
        found = found or await self._all("contact_by_previous_token", widget_id, token_sha256)
        return rows.contact_of(found[0]) if found else None

    async def due_lanes(self, now: Instant, *, limit: int) -> tuple[Cid, ...]:
        """Return lanes with a head whose lease ran out, longest first."""
        return tuple(row[0] for row in await self._all("due_lanes", now, limit))

    async def due_patience(self, now: Instant, *, limit: int) -> tuple[tuple[Cid, EventId], ...]:
        """Return lanes whose patience line is due, longest first."""
        return tuple((row[0], row[1]) for row in await self._all("due_patience", now, limit))

    async def due_expiries(self, now: Instant, *, limit: int) -> tuple[ConversationId, ...]:
        """Return live conversations whose `expires_at` is past, longest first."""
        return tuple(row[0] for row in await self._all("due_expiries", now, limit))

    async def attempts(
        self, *, bot_id: BotId | None = None, cid: Cid | None = None, before: Instant | None = None, limit: int = 50
    ) -> tuple[Attempt, ...]:
        """Return the delivery log, newest first."""
        until = FOR_EVER if before is None else before
        if cid is not None:
            found = await self._all("attempts_of_session", cid, until, limit)
        elif bot_id is not None:
            found = await self._all("attempts_of_bot", bot_id, until, limit)
        else:
            found = await self._all("attempts", until, limit)
        attempts = (rows.attempt_of(row) for row in found)
        return tuple(one for one in attempts if bot_id is None or one.bot_id == bot_id)
