"""Every type on the wire has an example, and every example is exactly what its type reads and writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from frontdesk.protocol.contact_frames import decode_contact_frame
from frontdesk.protocol.json_profile import parse
from frontdesk.protocol.schema import wire_types
from frontdesk.protocol.widget import ContactFrame
from tests.protocol.examples import FILES, FOLDER, name_of

CONTACT_FRAMES = {one.__name__ for one in get_args(ContactFrame)}


def test_every_type_has_an_example_and_every_example_a_type() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(wire_types())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_example_is_read_and_written_without_loss(path: Path) -> None:
    raw = path.read_bytes()

    value = msgspec.json.decode(raw, type=wire_types()[path.parent.name], strict=True)

    assert json.loads(msgspec.json.encode(value)) == json.loads(raw)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_example_has_its_keys_in_the_order_of_the_wire(path: Path) -> None:
    raw = path.read_bytes()

    written = msgspec.json.encode(msgspec.json.decode(raw, type=wire_types()[path.parent.name]))

    assert parse(written, is_free=lambda _: True) is not None
    assert [*json.loads(written)] == [*json.loads(raw)]


@pytest.mark.parametrize("path", [one for one in FILES if one.parent.name in CONTACT_FRAMES], ids=name_of)
def test_a_widgets_frame_is_read_by_the_strict_reader(path: Path) -> None:
    frame = decode_contact_frame(path.read_bytes())

    assert type(frame).__name__ == path.parent.name
