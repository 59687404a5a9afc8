"""The SQL: each query has its purpose, and none of them walks through a table that grows."""

from __future__ import annotations

import sqlite3

import pytest

from frontdesk.store.migrations import load_migrations
from frontdesk.store.queries import keyed, load_queries, parse
from frontdesk.store.sqlite.file import migrate

QUERIES = load_queries()
GROWING = ("contacts", "conversations", "sessions", "entries", "attempts", "remembered")


@pytest.fixture
def db() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db, queries=QUERIES)
    return db


def test_a_query_starts_at_its_name_and_ends_before_the_next() -> None:
    text = "-- About the file.\n\n-- one: Does one thing.\nSELECT 1;\n\n-- two: Another.\nSELECT\n    2;\n"

    found = parse(text)

    assert {name: (query.sql, query.purpose) for name, query in found.items()} == {
        "one": ("SELECT 1", "Does one thing."),
        "two": ("SELECT\n    2", "Another."),
    }


def test_keys_become_parameters() -> None:
    assert keyed("x IN ({keys})", width=1, count=3) == "x IN (?, ?, ?)"
    assert keyed("VALUES {keys}", width=2, count=2) == "VALUES (?, ?), (?, ?)"


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_says_what_it_is_for_in_a_sentence(name: str) -> None:
    assert QUERIES[name].purpose.endswith(".")


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_finds_its_rows_by_an_index(db: sqlite3.Connection, name: str) -> None:
    width = 2 if "VALUES {keys}" in QUERIES[name].sql else 1
    sql = keyed(QUERIES[name].sql, width=width, count=4)

    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", [1] * sql.count("?"))]

    db.close()
    assert [step for step in plan if step.startswith(tuple(f"SCAN {table}" for table in GROWING))] == []


def test_migrations_run_once(db: sqlite3.Connection) -> None:
    before = db.execute("SELECT version, name FROM schema_version").fetchall()

    migrate(db, queries=QUERIES)

    after = db.execute("SELECT version, name FROM schema_version").fetchall()
    db.close()
    assert after == before == [(one.version, one.name) for one in load_migrations()]
