"""The ledger's process is killed again and again; what it acknowledged is there, in its order."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random

import pytest

from frontdesk.actions.meet import Meet
from frontdesk.core.change import Change
from frontdesk.core.entries import Message
from frontdesk.core.ids import ContactId
from frontdesk.store.sqlite import SqliteStore
from tests.crash.harness import victim
from tests.crash.writer import CONTACTS, Unrepeated
from tests.kit.making import NOON, WIDGET, PlainScribe
from tests.store.doing import put

KILLS = [None, "msg.before_commit", "msg.after_commit"] * 4
SEED = 20


async def opened(folder: Path) -> SqliteStore:
    return await SqliteStore.open(folder, now=lambda: NOON, fresh=Unrepeated(), scribe=PlainScribe())


async def furnish(folder: Path) -> None:
    """Prepare contacts who wait for an operator, so that they write undisturbed."""
    store = await opened(folder)
    await store.ledger.run(put(Change(widgets=(WIDGET,))))
    for contact in CONTACTS:
        await store.ledger.run(Meet(contact_id=contact, widget_id=WIDGET.id, token_sha256=contact))
    await store.close()


async def stored(folder: Path) -> dict[ContactId, dict[str, int]]:
    """Return the place of each message; places are numbered without a gap."""
    store = await opened(folder)
    found: dict[ContactId, dict[str, int]] = {}
    for contact in CONTACTS:
        snapshot = await store.reader.snapshot(contact, has=None, limit=1_000_000)
        assert snapshot is not None
        assert [entry.seq for entry in snapshot.entries] == list(range(1, len(snapshot.entries) + 1))
        said = {entry.message_id: entry for entry in snapshot.entries if entry.message_id}
        assert all(entry.content == Message(body=message_id) for message_id, entry in said.items())
        found[contact] = {message_id: entry.seq for message_id, entry in said.items()}
    await store.close()
    return found


@pytest.mark.process
@pytest.mark.guarantee("D1")
async def test_what_the_ledger_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    chance = Random(SEED)
    folder = tmp_path / "data"
    acknowledged: defaultdict[ContactId, list[tuple[str, int]]] = defaultdict(list)
    await furnish(folder)

    for number, name in enumerate(KILLS):
        fail = f"{name}:kill:{chance.randint(1, 12)}" if name else None
        async with victim("tests.crash.writer", str(folder), f"run{number}", fail=fail) as one:
            if fail is None:
                await one.said(chance.randint(1, 60))
                await one.kill()
            await one.died()
        assert one.was_killed
        for line in one.lines:
            contact, message_id, seq = line.split(" ")
            acknowledged[ContactId(contact)].append((message_id, int(seq)))

    found = await stored(folder)
    assert sum(len(one) for one in acknowledged.values()) > len(KILLS)
    for contact, messages in acknowledged.items():
        assert [(message_id, found[contact].get(message_id)) for message_id, _ in messages] == messages
        assert [seq for _, seq in messages] == sorted(seq for _, seq in messages)
