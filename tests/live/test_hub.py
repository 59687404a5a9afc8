"""What sockets are told of commits, beside the snapshot that they begin with."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from frontdesk.actions.ports import Reader
from frontdesk.core.change import Change
from frontdesk.core.entries import ByContact, Entry, Message
from frontdesk.core.ids import ConversationId, Seq
from frontdesk.live.hub import Hub, Listener
from frontdesk.live.outbound import Outbound
from frontdesk.store.memory import MemoryStore
from tests.kit.making import CONTACT, NOON, Counted, PlainScribe

CONVERSATION = ConversationId("cv_1")


async def a_reader() -> Reader:
    store = await MemoryStore.open(now=lambda: NOON, fresh=Counted(), scribe=PlainScribe())
    return store.reader


def entry(seq: int) -> Entry:
    return Entry(
        conversation_id=CONVERSATION,
        contact_id=CONTACT.id,
        seq=Seq(seq),
        at=NOON,
        author=ByContact(),
        content=Message(body=str(seq)),
    )


@pytest.mark.guarantee("D4")
async def test_a_commit_that_the_snapshot_showed_before_it_was_told_is_not_told_again() -> None:
    hub, outbound = Hub(await a_reader()), Outbound()
    listener = Listener(contact_id=CONTACT.id, outbound=outbound)
    hub.join(listener)
    listener.released(conversation_id=CONVERSATION, last_seq=Seq(3))

    hub.committed(Change(entries=(entry(2), entry(3))))
    hub.committed(Change(entries=(entry(3), entry(4))))
    hub.committed(Change(entries=(entry(5),)))
    frames = [await outbound.get() for _ in range(2)]

    assert [[one["seq"] for one in json.loads(frame or "")["entries"]] for frame in frames] == [[4], [5]]


async def test_what_came_while_the_snapshot_was_read_follows_it_once() -> None:
    hub, outbound = Hub(await a_reader()), Outbound()
    listener = Listener(contact_id=CONTACT.id, outbound=outbound)
    hub.join(listener)

    hub.committed(Change(entries=(entry(1), entry(2))))
    hub.committed(Change(entries=(entry(3), entry(4))))
    hub.committed(Change(entries=(entry(5),)))
    listener.released(conversation_id=CONVERSATION, last_seq=Seq(3))
    frames = [await outbound.get() for _ in range(2)]

    assert [[one["seq"] for one in json.loads(frame or "")["entries"]] for frame in frames] == [[4], [5]]


async def test_what_belongs_to_an_older_conversation_than_the_snapshot_is_not_told() -> None:
    hub, outbound = Hub(await a_reader()), Outbound()
    listener = Listener(contact_id=CONTACT.id, outbound=outbound)
    hub.join(listener)
    older = replace(entry(9), conversation_id=ConversationId("cv_0"))

    hub.committed(Change(entries=(older,)))
    hub.committed(Change(entries=(entry(1),)))
    listener.released(conversation_id=CONVERSATION, last_seq=Seq(1))
    hub.committed(Change(entries=(entry(2),)))

    assert [one["seq"] for one in json.loads(await outbound.get() or "")["entries"]] == [2]


async def test_a_conversation_that_began_after_the_snapshot_is_told_whole() -> None:
    hub, outbound = Hub(await a_reader()), Outbound()
    listener = Listener(contact_id=CONTACT.id, outbound=outbound)
    hub.join(listener)

    hub.committed(Change(entries=(entry(1), entry(2))))
    listener.released(conversation_id=None, last_seq=Seq(0))

    assert [one["seq"] for one in json.loads(await outbound.get() or "")["entries"]] == [1, 2]
