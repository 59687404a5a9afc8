"""What the first read of a batch found already, so that it need not be asked for again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from frontdesk.core.ids import ContactId
from frontdesk.store import rows
from frontdesk.store.gather import Want
from frontdesk.store.loading import RECORD_OF
from frontdesk.store.postgres.connection import Connection, Overtaken
from frontdesk.store.postgres.dialect import columns

#: Where the columns of each record begin in a row of the query `begin`.
_CONTACT, _CONVERSATION, _SESSION = 2, 11, 27


@dataclass(frozen=True, slots=True)
class Missing:
    """Keys of a query that have to be asked for."""

    want: Want

    async def fetch(self, connection: Connection, *, queries: dict[str, str]) -> list[Any]:
        """Ask for them."""
        record_of = RECORD_OF[self.want.query]
        found = await connection.fetch(queries[self.want.query], *columns(self.want.keys))
        return [record_of(tuple(row)) for row in found]


class Loaded:
    """The locked contacts with their newest conversations and the sessions in charge of these."""

    def __init__(self, found: Sequence[Any], *, contacts: Collection[ContactId]) -> None:
        self._contacts = contacts
        self._records: dict[str, dict[str, Any]] = {"contacts": {}, "conversations": {}, "sessions": {}}
        for whole in found:
            row = tuple(whole)
            if row[_CONTACT] is not None:
                self._records["contacts"][row[_CONTACT]] = rows.contact_of(row[_CONTACT:_CONVERSATION])
            if row[_CONVERSATION] is not None:
                conversation = rows.conversation_of(row[_CONVERSATION:_SESSION])
                self._records["conversations"][conversation.id] = conversation
            if row[_SESSION] is not None:
                self._records["sessions"][row[_SESSION]] = rows.session_of(row[_SESSION:])

    def take(self, want: Want) -> tuple[list[Any], Missing | None]:
        """Return what is here, and what is left to ask for. Raises Overtaken for a contact that was not locked."""
        if want.query not in self._records:
            return [], Missing(want)
        here = self._records[want.query]
        records = [here[key] for key in want.keys if key in here]
        left = [key for key in want.keys if key not in here]
        if want.query == "contacts":
            if any(key not in self._contacts for key in left):
                raise Overtaken("a record came to be while the batch began")
            return records, None
        return records, Missing(Want(want.query, left)) if left else None
