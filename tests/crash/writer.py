"""A process that writes through the ledger until it is killed, and says what was acknowledged: `<contact> <message> <seq>`."""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path

from frontdesk.actions.say import Say
from frontdesk.core.conversation import Page
from frontdesk.core.ids import ContactId, MessageId
from frontdesk.store.sqlite import SqliteStore
from tests.kit.making import NOON, PlainScribe

CONTACTS = [ContactId(f"ct_{number}") for number in range(4)]


class Unrepeated:
    """Ids that no process before this one gave."""

    def hex(self) -> str:
        return secrets.token_hex(16)


async def write(store: SqliteStore, contact: ContactId, *, run: str) -> None:
    """Say one thing after another; each is told of only when it is durable."""
    for number in range(1_000_000):
        message_id = MessageId(f"{run}.{contact}.{number}")
        command = Say(contact_id=contact, message_id=message_id, body=message_id, page=Page())
        receipt = await store.ledger.run(command)
        sys.stdout.write(f"{contact} {message_id} {receipt.seq}\n")
        sys.stdout.flush()


async def main(folder: Path, run: str) -> None:
    store = await SqliteStore.open(folder, now=lambda: NOON, fresh=Unrepeated(), scribe=PlainScribe())
    await asyncio.gather(*(write(store, contact, run=run) for contact in CONTACTS))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
