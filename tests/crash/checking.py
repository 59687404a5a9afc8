"""What must hold of everything that was said, after any number of deaths."""

from __future__ import annotations

import json
from collections import defaultdict

from frontdesk.core.entries import Entry, Message, Notice
from frontdesk.core.ids import MessageId
from tests.crash.people import Echo, Person


def check_person(person: Person, log: tuple[Entry, ...]) -> None:
    """Check what one person was told against what is stored, and against what it saw."""
    places = {entry.message_id: entry for entry in log if entry.message_id}
    bodies = [entry.content.body for entry in log if isinstance(entry.content, Message)]
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    assert {one: places[MessageId(one)].seq for one in person.acknowledged} == person.acknowledged
    assert [one for one in bodies if not one.startswith("re: ")] == person.said
    assert [one for one in bodies if one.startswith("re: ")] == [f"re: {one}" for one in person.said]
    assert [entry["seq"] for entry in person.entries] == list(range(1, len(person.entries) + 1))
    seen = [entry["body"] for entry in person.entries if entry["kind"] == "message"]
    assert seen == bodies[: len(seen)]
    patience = sum(entry.content == Notice(code="patience", text=None) for entry in log)
    assert patience <= len(person.said)


def check_bot(bot: Echo) -> None:
    """Check that each event had the same bytes each time, and that the events of a session came in order."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for bodies in bot.bodies.values():
        assert len(set(bodies)) == 1
        info = json.loads(bodies[0])["info"]
        numbers[info["cid"]].append(info["seq"])
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
