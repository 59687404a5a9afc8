"""What the newest commits wrote is not read again, and never outlives what is stored."""

from __future__ import annotations

from dataclasses import replace

from frontdesk.core.change import Change
from frontdesk.core.ids import ContactId
from frontdesk.store.recent import Recent
from tests.kit.making import CONTACT

OTHER = replace(CONTACT, id=ContactId("ct_2"))


def test_a_saved_record_is_known_and_another_one_is_not() -> None:
    recent = Recent()

    recent.saved(Change(contacts=(CONTACT,)))

    assert recent.split("contacts", [CONTACT.id, OTHER.id]) == ([CONTACT], [OTHER.id])
    assert recent.split("messages", [(CONTACT.id, "m1")]) == ([], [(CONTACT.id, "m1")])


def test_a_record_that_has_rested_longest_gives_way() -> None:
    recent = Recent(room=1)

    recent.saved(Change(contacts=(CONTACT, OTHER)))

    assert recent.split("contacts", [CONTACT.id, OTHER.id]) == ([OTHER], [CONTACT.id])


def test_nothing_is_known_after_another_kind_of_write() -> None:
    recent = Recent()
    recent.saved(Change(contacts=(CONTACT,)))

    recent.forget()

    assert recent.split("contacts", [CONTACT.id]) == ([], [CONTACT.id])
