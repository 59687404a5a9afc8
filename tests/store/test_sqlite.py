"""What only a file can promise: that it is there tomorrow, and that it is ours alone."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.core.change import Change
from frontdesk.core.entries import Message
from frontdesk.core.ids import Instant, MessageId, Seq
from frontdesk.store.errors import CannotOpen, FolderInUse, ForeignFile, RuleBroken, SchemaTooNew, UnsafeDurability
from frontdesk.store.sqlite import SqliteStore
from frontdesk.store.sqlite.file import Synchronous
from frontdesk.store.sqlite.folder import DATA_FILE
from frontdesk.wire.webhook import WireScribe
from tests.kit.making import CONTACT, Counted
from tests.kit.office import Clock
from tests.store.doing import BEGUN, CV, SETTINGS, append, put
from tests.store.test_records import SESSION


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@asynccontextmanager
async def opened(folder: Path, *, synchronous: Synchronous = "FULL") -> AsyncIterator[SqliteStore]:
    """Open the store of the folder and close it again."""
    store = await SqliteStore.open(folder, now=Clock(), fresh=Counted(), scribe=WireScribe(), synchronous=synchronous)
    try:
        yield store
    finally:
        await store.close()


async def begun(store: SqliteStore) -> None:
    await store.ledger.run(put(SETTINGS))
    await store.ledger.run(put(BEGUN))


def modes_in(folder: Path) -> dict[str, int]:
    """Return who may do what with the folder and with each of its files."""
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.iterdir())}


def foreign(folder: Path, content: bytes) -> Path:
    """Put somebody else's file where the data would be."""
    folder.mkdir()
    (folder / DATA_FILE).write_bytes(content)
    return folder / DATA_FILE


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def pragma(store: SqliteStore, name: str) -> object:
    return store._vault._db.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.guarantee("D1")
async def test_what_was_saved_is_there_when_the_file_is_opened_again(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)
        await store.ledger.run(append("hello", message_id="m1"))
        await store.ledger.run(put(Change(sessions=(SESSION,))))
        before = await store.reader.snapshot(CONTACT.id, has=None, limit=10)
        directory, epoch = store.reader.directory(), store.epoch

    async with opened(folder) as again:
        after = await again.reader.snapshot(CONTACT.id, has=None, limit=10)
        lanes = await again.reader.due_lanes(Instant(2**62), limit=10)

        assert after == before
        assert lanes == (SESSION.cid,)
        assert again.reader.directory() == directory
        assert again.epoch == epoch


@pytest.mark.guarantee("D2")
async def test_a_commit_is_on_disk_before_it_is_acknowledged(folder: Path) -> None:
    async with opened(folder) as store:
        assert pragma(store, "journal_mode") == "wal"
        assert pragma(store, "synchronous") == 2
        assert pragma(store, "foreign_keys") == 1


@pytest.mark.guarantee("D2")
@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
async def test_less_than_full_durability_is_refused(folder: Path, synchronous: Synchronous) -> None:
    with pytest.raises(UnsafeDurability):
        async with opened(folder, synchronous=synchronous):
            pass

    async with opened(folder):
        pass


async def test_the_data_is_for_its_owner_only(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)

        modes = modes_in(folder)

        assert modes.pop(folder.name) == 0o700
        assert {f"{DATA_FILE}-wal", DATA_FILE} <= modes.keys()
        assert set(modes.values()) == {0o600}


async def test_a_folder_belongs_to_one_process_at_a_time(folder: Path) -> None:
    async with opened(folder):
        with pytest.raises(FolderInUse, match=f"process {os.getpid()}"):
            async with opened(folder):
                pass

    async with opened(folder):
        pass


async def test_a_database_of_another_program_is_left_alone(folder: Path) -> None:
    db = sqlite3.connect(foreign(folder, b""))
    db.execute("CREATE TABLE theirs (id INTEGER)")
    db.close()

    with pytest.raises(ForeignFile):
        async with opened(folder):
            pass


async def test_a_file_that_is_no_database_is_left_alone(folder: Path) -> None:
    content = b"no database at all" * 100
    path = foreign(folder, content)

    with pytest.raises(CannotOpen):
        async with opened(folder):
            pass

    assert bytes_of(path) == content


async def test_data_of_a_newer_version_is_left_alone(folder: Path) -> None:
    async with opened(folder) as store:
        store._vault._db.execute("INSERT INTO schema_version VALUES (99, 'later')")

    with pytest.raises(SchemaTooNew, match="99"):
        async with opened(folder):
            pass


async def test_a_full_disk_refuses_what_does_not_fit_and_nothing_else(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)
        pages = pragma(store, "page_count")
        assert isinstance(pages, int)
        store._vault._db.execute(f"PRAGMA max_page_count = {pages + 3}")

        small, large, after = await asyncio.gather(
            store.ledger.run(append("small")),
            store.ledger.run(append("x" * 100_000)),
            store.ledger.run(append("small")),
            return_exceptions=True,
        )
        store._vault._db.execute("PRAGMA max_page_count = 1000000")
        later = await store.ledger.run(append("x" * 100_000))

        assert (small, after, later) == (1, 2, 3)
        assert isinstance(large, StoreUnavailable)


async def test_a_database_that_is_locked_is_a_store_that_is_unavailable(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)
        store._vault._db.execute("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(folder / DATA_FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable):
            await store.ledger.run(append("one"))
        other.rollback()
        other.close()

        assert await store.ledger.run(append("one")) == 1


async def test_a_number_that_no_column_holds_fails_its_caller_only(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)
        huge = put(Change(contacts=(replace(CONTACT, conversation_id=CV, conversations=2**63),)))

        results = await asyncio.gather(store.ledger.run(huge), store.ledger.run(append("one")), return_exceptions=True)

        assert isinstance(results[0], OverflowError)
        assert results[1] == 1


async def test_a_text_that_cannot_be_encoded_fails_its_caller_only(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)

        results = await asyncio.gather(
            store.ledger.run(append("\ud800")), store.ledger.run(append("one")), return_exceptions=True
        )

        assert isinstance(results[0], UnicodeEncodeError)
        assert results[1] == 1


async def test_an_entry_that_is_there_already_is_refused_by_the_file_too(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)
        await store.ledger.run(append("one", message_id="m1"))
        entry = await store.reader.entry(CV, Seq(1))
        assert entry is not None
        other = replace(entry, content=Message(body="other"), message_id=MessageId("m2"))

        with pytest.raises(RuleBroken):
            await store.ledger.run(put(Change(entries=(other,), conversations=BEGUN.conversations)))

        assert await store.reader.entry(CV, Seq(1)) == entry


async def test_integers_and_bytes_are_stored_as_such(folder: Path) -> None:
    async with opened(folder) as store:
        await begun(store)
        await store.ledger.run(put(Change(sessions=(SESSION,))))

        kinds = store._vault._db.execute(
            "SELECT typeof(head_body), typeof(context), typeof(lease_until), typeof(cid) FROM sessions"
        ).fetchone()

        assert kinds == ("blob", "blob", "integer", "text")
