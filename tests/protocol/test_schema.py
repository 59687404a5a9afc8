"""The generated files are up to date, and the schema says what the decoder does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import jsonschema_rs
import pytest

from frontdesk.protocol import compat, events, webhook, widget
from frontdesk.protocol.answer import decode_answer
from frontdesk.protocol.faults import InvalidDocument
from frontdesk.protocol.schema import components, events_schema, generated_files, wire_types
from tests.protocol.examples import FILES, name_of

ROOT = Path(__file__).parents[2]
BOT_TYPES = {one.__name__ for union in (events.EventPacket, webhook.CallPacket) for one in get_args(union)} | {
    "BotEvent",
    "EventsAccepted",
    "Problem",
    "WebhookCall",
}


def schema(name: str) -> dict[str, object]:
    return {"$ref": f"#/$defs/{name}", "$defs": components(refs="#/$defs/{name}")}


@pytest.mark.parametrize("path", generated_files())
def test_a_generated_file_is_up_to_date(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == generated_files()[path], "run `make schema`"


@pytest.mark.parametrize("path", [one for one in FILES if one.parent.name in BOT_TYPES], ids=name_of)
def test_an_example_keeps_to_the_schema(path: Path) -> None:
    jsonschema_rs.validate(schema(path.parent.name), json.loads(path.read_bytes()))


def test_the_bot_schema_is_valid_and_tells_a_call_from_an_answer() -> None:
    whole = json.loads(generated_files()["docs/reference/schema/bot.schema.json"])

    jsonschema_rs.meta.validate(whole)
    jsonschema_rs.validate(whole, [{"packet": {"name": "end"}}])
    assert not jsonschema_rs.is_valid(whole, [{"packet": {"name": "ends"}}])


@pytest.mark.parametrize(
    "packet",
    [
        {"name": "message", "payload": {"body": ""}},
        {"name": "message", "payload": {"body": "x", "format": "html"}},
        {"name": "bubbles", "payload": {"body": "x", "options": []}},
        {"name": "bubbles", "payload": {"body": "x", "options": ["a"] * 21}},
        {"name": "carousel", "payload": {"body": "x", "options": [{"headline": "x", "media": "http://a.example/"}]}},
        {"name": "navigate", "payload": {}},
        {"name": "navigate", "payload": {"link": "ftp://a.example/"}},
        {"name": "contact_update", "payload": {}},
        {"name": "forward_group", "payload": {"id": 0}},
        {"name": "typing", "payload": {"seconds": 61}},
        {"name": "message_delta", "payload": {"id": "1", "body": "x"}},
    ],
)
def test_what_the_schema_refuses_the_decoder_refuses(packet: dict[str, object]) -> None:
    event = {"info": {}, "packet": packet}

    assert not jsonschema_rs.is_valid(schema("BotEvent"), event)
    with pytest.raises(InvalidDocument):
        decode_answer(json.dumps(event).encode(), cid_required=False)


@pytest.mark.parametrize(
    ("name", "spelling", "value"),
    [
        (name, spelling, "https://a.example/")
        for name, keys in compat.SPELLINGS.items()
        for spellings in keys.values()
        for spelling in spellings
    ],
)
def test_every_spelling_is_in_the_schema(name: str, spelling: str, value: str) -> None:
    event = {"info": {}, "packet": {"name": name, "payload": {spelling: value}}}

    assert jsonschema_rs.is_valid(schema("BotEvent"), event)


def test_the_api_url_takes_one_event_or_twenty_and_needs_a_cid() -> None:
    whole = {**events_schema(refs="#/$defs/{name}"), "$defs": components(refs="#/$defs/{name}")}
    event = {"info": {"cid": "chatbot::1:00"}, "packet": {"name": "end"}}

    assert jsonschema_rs.is_valid(whole, event)
    assert jsonschema_rs.is_valid(whole, [event] * 20)
    assert not jsonschema_rs.is_valid(whole, [event] * 21)
    assert not jsonschema_rs.is_valid(whole, {"packet": {"name": "end"}})


def test_every_frame_and_entry_has_a_type_in_typescript() -> None:
    source = generated_files()["web/protocol/frames.ts"]

    for name in {*wire_types()} - BOT_TYPES | {"WidgetEntry", "ContactFrame", "PlatformFrame"}:
        assert f"export type {name} =" in source
    assert widget.CLOSE_NO_HELLO == 4001
