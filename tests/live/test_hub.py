"""What sockets are told of commits, beside the snapshot that they begin with."""

from __future__ import annotations

import json

import pytest

from frontdesk.core.change import Change
from frontdesk.core.entries import ByContact, Entry, Message
from frontdesk.core.ids import ConversationId, Seq
from frontdesk.live.hub import Hub, Listener
from frontdesk.live.outbound import Outbound
from tests.kit.making import CONTACT, NOON

CONVERSATION = ConversationId("cv_1")


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
    hub, outbound = Hub(), Outbound()
    listener = Listener(contact_id=CONTACT.id, outbound=outbound)
    hub.join(listener)
    listener.released(conversation_id=CONVERSATION, last_seq=Seq(3))

    hub.committed(Change(entries=(entry(2), entry(3))))
    hub.committed(Change(entries=(entry(3), entry(4))))
    hub.committed(Change(entries=(entry(5),)))
    frames = [await outbound.get() for _ in range(2)]

    assert [[one["seq"] for one in json.loads(frame or "")["entries"]] for frame in frames] == [[4], [5]]
