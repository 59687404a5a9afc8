"""What a bot says is read whole or refused whole, with every fault by path."""

from __future__ import annotations

import json

import pytest

from frontdesk.protocol import events
from frontdesk.protocol.answer import Decoded, decode_answer
from frontdesk.protocol.faults import InvalidDocument
from frontdesk.protocol.problems import problem_of

CID = "chatbot::258:a56785fb6fb84edd890905913b0c0821"


def read(document: object) -> Decoded:
    return decode_answer(json.dumps(document).encode(), cid_required=False)


def refusal(document: object, *, cid_required: bool = False, cid: str | None = None) -> InvalidDocument:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(InvalidDocument) as refused:
        decode_answer(raw, cid_required=cid_required, cid=cid)
    return refused.value


def paths(refused: InvalidDocument) -> list[str]:
    return [fault.path for fault in refused.errors]


def event(name: str, /, **payload: object) -> dict[str, object]:
    return {"packet": {"name": name, "payload": payload}}


# ------------------------------------------------------------------------------------------------------- whole answers


@pytest.mark.guarantee("B13")
@pytest.mark.parametrize("raw", [b"", b" ", b"\r\n\t ", b"[]", b" [ ] ", b"null", b"null\n"])
def test_an_empty_answer_is_an_acknowledgement(raw: bytes) -> None:
    assert decode_answer(raw, cid_required=False) == Decoded()
    assert decode_answer(raw, cid_required=True) == Decoded()


@pytest.mark.guarantee("B13")
def test_a_single_event_stands_at_the_root() -> None:
    decoded = read(event("message", body="Hello!"))

    assert [(one.path, one.packet) for one in decoded.events] == [
        ("$", events.MessageEvent(events.MessagePayload(body="Hello!")))
    ]


@pytest.mark.guarantee("B13")
def test_a_list_keeps_its_order_and_places() -> None:
    decoded = read([event("typing"), event("message", body="a"), event("end")])

    assert [one.path for one in decoded.events] == ["$[0]", "$[1]", "$[2]"]
    assert [type(one.packet).__name__ for one in decoded.events] == ["TypingEvent", "MessageEvent", "EndEvent"]


@pytest.mark.guarantee("B13")
@pytest.mark.guarantee("F16")
@pytest.mark.parametrize("raw", [b"<html></html>", b'"ok"', b"{}", b"true", b"0", b"1.5", b'""', b"OK", b"[1", b"{}x"])
def test_what_is_no_answer_is_the_fault_invalid_json(raw: bytes) -> None:
    refused = refusal(raw)

    assert refused.kind == "invalid_json"
    assert paths(refused) == ["$"]


@pytest.mark.guarantee("F16")
@pytest.mark.parametrize("raw", [b'"ok"', b"{}", b"true"])
def test_json_that_is_no_event_is_422_for_an_api_caller(raw: bytes) -> None:
    assert problem_of(refusal(raw)).status == 422


# ---------------------------------------------------------------------------------------------------------- envelopes


@pytest.mark.guarantee("F18")
def test_the_api_url_needs_a_cid_in_every_event() -> None:
    refused = refusal(
        [{**event("end"), "info": {"cid": CID}}, event("end"), {**event("end"), "info": {}}], cid_required=True
    )

    assert refused.kind == "invalid_event"
    assert paths(refused) == ["$[1].info.cid", "$[2].info.cid"]


@pytest.mark.guarantee("F18")
@pytest.mark.guarantee("B1")
def test_an_answer_for_another_session_is_refused_whole() -> None:
    other = {**event("end"), "info": {"cid": "chatbot::258:" + "0" * 32}}

    refused = refusal([event("message", body="Hello!"), other], cid=CID)

    assert refused.kind == "invalid_event"
    assert paths(refused) == ["$[1].info.cid"]


def test_an_answer_without_a_cid_takes_the_calls() -> None:
    raw = json.dumps([event("end"), {**event("end"), "info": {"cid": CID}}]).encode()

    assert [one.cid for one in decode_answer(raw, cid_required=False, cid=CID).events] == [CID, CID]
    assert [one.cid for one in decode_answer(raw, cid_required=False).events] == [None, CID]


@pytest.mark.parametrize("cid", ["", 7, True, ["x"], "x" * 256])
def test_a_cid_is_text(cid: object) -> None:
    assert paths(refusal({"info": {"cid": cid}, **event("end")})) == ["$.info.cid"]


@pytest.mark.guarantee("F18")
@pytest.mark.parametrize("name", ["massage", "Message", "start", "click", "message_delta", "", None, 5, ["end"]])
def test_a_name_that_is_not_known_is_an_error(name: object) -> None:
    refused = refusal([event("end"), {"packet": {"name": name, "payload": {}}}])

    assert refused.kind == "invalid_event"
    assert paths(refused) == ["$[1].packet.name"]
    assert "forward_group" in refused.errors[0].message


@pytest.mark.parametrize("item", [{}, None, 1, "end", [], {"packet": None}, {"packet": "end"}, {"name": "end"}])
def test_an_item_that_is_no_event_is_refused(item: object) -> None:
    refused = refusal([item])

    assert refused.kind == "invalid_event"
    assert paths(refused)[0] in {"$[0]", "$[0].packet"}


@pytest.mark.parametrize("name", ["abort", "end", "forward_any", "typing"])
@pytest.mark.parametrize("packet", [{}, {"payload": None}, {"payload": {}}])
def test_an_event_that_needs_nothing_may_leave_its_payload_out(name: str, packet: dict[str, object]) -> None:
    assert type(read({"packet": {"name": name, **packet}}).events[0].packet) is events.BY_NAME[name]


def test_every_fault_of_every_event_is_named() -> None:
    refused = refusal(
        [
            event("message", body="", format="html"),
            event("bubbles", options=["", {"headline": 3}, 4, {}]),
            event("shout"),
            {**event("carousel", body="x", options=[{"headline": "x", "media": "http://a.example/b.png"}]), "info": 5},
            {"info": {"context": []}, **event("typing", seconds=61)},
        ]
    )

    assert refused.kind == "invalid_event"
    assert paths(refused) == [
        "$[0].packet.payload.body",
        "$[0].packet.payload.format",
        "$[1].packet.payload.body",
        "$[1].packet.payload.options[0]",
        "$[1].packet.payload.options[1].headline",
        "$[1].packet.payload.options[2]",
        "$[1].packet.payload.options[3].headline",
        "$[2].packet.name",
        "$[3].info",
        "$[3].packet.payload.options[0].media",
        "$[4].packet.payload.seconds",
        "$[4].info.context",
    ]


def test_a_message_says_how_to_put_it_right() -> None:
    refused = refusal([event("message", body="x" * 10_001), event("navigate", url="shop.example"), event("message")])

    assert [fault.message for fault in refused.errors] == [
        "expected text of 1 to 10,000 characters, got 10,001 characters",
        'expected an https or http URL in full, as https://shop.example/page, got "shop.example"',
        "missing; expected text of 1 to 10,000 characters",
    ]


def test_unknown_keys_are_ignored_and_named() -> None:
    decoded = read(
        [
            {
                "id": 1,
                "info": {"cid": CID, "contact": {"name": "x"}},
                "packet": {
                    "name": "bubbles",
                    "version": 2,
                    "payload": {"body": "x", "options": ["a", {"headline": "b", "value": 1}], "odd key": 1},
                },
            }
        ]
    )

    assert decoded.ignored == (
        "$[0].id",
        "$[0].info.contact",
        "$[0].packet.version",
        '$[0].packet.payload["odd key"]',
        "$[0].packet.payload.options[1].value",
    )
    assert decoded.events[0].packet == events.BubblesEvent(
        events.BubblesPayload(body="x", options=["a", events.Bubble(headline="b")])
    )


def test_ignored_keys_are_named_up_to_a_hundred() -> None:
    decoded = read({**event("end"), **{f"key{number}": 0 for number in range(1_000)}})

    assert len(decoded.ignored) == 100


# ------------------------------------------------------------------------------------------------------------- limits


@pytest.mark.guarantee("F19")
@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([event("end")] * 21, "$"),
        ([event("end")] * 1_000, "$"),
        (event("message", body="x" * 10_001), "$.packet.payload.body"),
        (event("message", body="x" * 200_000), "$.packet.payload.body"),
        (event("note", body=""), "$.packet.payload.body"),
        (event("bubbles", body="x", options=["a"] * 200), "$.packet.payload.options"),
        (event("bubbles", body="x", options=["a"] * 21), "$.packet.payload.options"),
        (event("bubbles", body="x", options=[]), "$.packet.payload.options"),
        (event("bubbles", body="x", options=["a" * 201]), "$.packet.payload.options[0]"),
        (event("bubbles", body="x", options=[{"headline": "a" * 10_240}]), "$.packet.payload.options[0].headline"),
        (event("bubbles", body="x", options="ab"), "$.packet.payload.options"),
        (event("bubbles", body="x", options=["a"], fallback="x" * 10_001), "$.packet.payload.fallback"),
        (event("carousel", body="x", options=["a"]), "$.packet.payload.options[0]"),
        (event("carousel", body="x", options=[]), "$.packet.payload.options"),
        (event("navigate", url="https://a.example/" + "x" * 2_031), "$.packet.payload.url"),
        (event("typing", seconds=-1), "$.packet.payload.seconds"),
        (event("typing", seconds=True), "$.packet.payload.seconds"),
        (event("typing", seconds="5"), "$.packet.payload.seconds"),
        (event("forward_group", group_id=True), "$.packet.payload.group_id"),
        (event("forward_group", group_id=0), "$.packet.payload.group_id"),
        (event("forward_group", group_id=1.5), "$.packet.payload.group_id"),
        (event("forward_group", group_id=""), "$.packet.payload.group_id"),
        (event("forward_group"), "$.packet.payload.group_id"),
    ],
)
def test_an_event_beyond_a_limit_is_refused(document: object, path: str) -> None:
    refused = refusal(document)

    assert refused.kind == "invalid_event"
    assert paths(refused) == [path]


@pytest.mark.guarantee("F19")
@pytest.mark.parametrize(
    "document",
    [
        [event("end")] * 20,
        event("message", body="x"),
        event("message", body="👋" * 10_000),
        event("bubbles", body="x", options=["a" * 200] * 20),
        event("navigate", url="https://a.example/" + "x" * 2_030),
        event("typing", seconds=0),
        event("typing", seconds=60),
        event("forward_group", group_id=3),
        event("forward_group", group_id="Sales"),
    ],
)
def test_an_event_at_its_limit_is_taken(document: object) -> None:
    assert read(document).ignored == ()
