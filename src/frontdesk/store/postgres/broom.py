"""Removes what is past its time from a PostgreSQL database; of several processes, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.core.ids import ContactId, ConversationId, Instant
from frontdesk.store.postgres.connection import Connection, Overtaken, answering, connect
from frontdesk.store.postgres.locks import number
from frontdesk.store.sweeping import AT_ONCE, ATTEMPTS_MS, REMEMBERED_MS, UNSPOKEN_MS


class PostgresBroom:
    """Sweeps a bounded number of records in each call, under the locks that commits take."""

    def __init__(self, url: str, *, queries: dict[str, str]) -> None:
        self._url = url
        self._queries = queries

    async def sweep(self, now: Instant) -> int:
        """Remove what is past its time; return how many records went. Raises StoreUnavailable."""
        connection = await connect(self._url)
        try:
            with answering():
                unspoken = await connection.fetch(self._queries["unspoken"], now - UNSPOKEN_MS, AT_ONCE)
                pairs = [(row[0], row[1]) for row in unspoken]
                async with connection.transaction():
                    return await self._sweep(connection, now=now, unspoken=pairs)
        except Overtaken as error:
            raise StoreUnavailable(str(error)) from error
        finally:
            await connection.close(timeout=2.0)

    async def _sweep(
        self, connection: Connection, *, now: Instant, unspoken: Sequence[tuple[ConversationId, ContactId]]
    ) -> int:
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", number("sweep")):
            return 0
        for lock in sorted({number("contact", contact_id) for _, contact_id in unspoken}):
            await connection.execute("SELECT pg_advisory_xact_lock($1)", lock)
        found = await connection.fetch(self._queries["unspoken"], now - UNSPOKEN_MS, AT_ONCE)
        still = {row[0] for row in found}
        gone = await self._run(connection, "old_remembered", now - REMEMBERED_MS, AT_ONCE)
        gone += await self._run(connection, "old_attempts", now - ATTEMPTS_MS, AT_ONCE)
        for conversation_id, contact_id in unspoken:
            if conversation_id in still:
                gone += await self._run(connection, "remove_conversation", conversation_id)
                await self._run(connection, "point_at_newest", contact_id)
                gone += await self._run(connection, "remove_contact", contact_id)
        return gone

    async def _run(self, connection: Connection, name: str, *values: object) -> int:
        done = await connection.execute(self._queries[name], *values)
        return int(done.rpartition(" ")[2])
