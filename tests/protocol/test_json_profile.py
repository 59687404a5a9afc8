"""Bodies that are no JSON of ours are refused with what and where, quickly, and never with anything else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from frontdesk.protocol.answer import decode_answer
from frontdesk.protocol.contact_frames import decode_contact_frame
from frontdesk.protocol.faults import InvalidDocument, Place
from frontdesk.protocol.json_profile import is_storable, parse
from frontdesk.protocol.problems import problem_of
from frontdesk.protocol.tokens import compact, nesting
from frontdesk.protocol.webhook import (
    ContactInfo,
    ConversationInfo,
    Info,
    MessagePacket,
    TextPayload,
    WebhookCall,
    WidgetInfo,
    encode_call,
)

#: Bodies that are not JSON: answered with 400.
NOT_JSON = {
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "word": b"ok",
    "truncated_object": b'{"packet": {"name": "mess',
    "truncated_list": b'[{"packet": {"name": "end"}}',
    "truncated_string": b'{"a": "b',
    "truncated_escape": b'{"a": "\\u12',
    "trailing_garbage": b'{"packet": {"name": "end"}} thanks',
    "two_documents": b"{}\n{}",
    "trailing_comma": b'[{"packet": {"name": "end"}},]',
    "trailing_comma_in_object": b'{"a": 1,}',
    "single_quotes": b"{'a': 1}",
    "bare_key": b"{a: 1}",
    "comment": b'{"a": 1} // end',
    "python": b"{'packet': None}",
    "python_true": b'{"a": True}',
    "undefined": b'{"a": undefined}',
    "hexadecimal": b'{"a": 0x10}',
    "leading_zero": b'{"a": 010}',
    "leading_plus": b'{"a": +1}',
    "bare_fraction": b'{"a": .5}',
    "open_fraction": b'{"a": 1.}',
    "open_exponent": b'{"a": 1e}',
    "nan": b'{"a": NaN}',
    "infinity": b'{"a": Infinity}',
    "minus_infinity": b'{"a": -Infinity}',
    "bad_escape": b'{"a": "\\x41"}',
    "raw_newline": b'{"a": "one\ntwo"}',
    "raw_nul": b'{"a": "\x00"}',
    "nul_bytes": b"\x00\x00\x00\x00",
    "utf_16": '{"a": 1}'.encode("utf-16"),
    "utf_16_le": '{"a": 1}'.encode("utf-16-le"),
    "utf_32": '{"a": 1}'.encode("utf-32"),
    "bom": b'\xef\xbb\xbf{"a": 1}',
    "latin_1": '{"a": "grün"}'.encode("latin-1"),
    "overlong": b'{"a": "\xc0\xaf"}',
    "raw_surrogate": b'{"a": "\xed\xa0\x80"}',
    "beyond_unicode": b'{"a": "\xf4\x90\x80\x80"}',
    "form": b"name=message&body=hello",
    "xml": b'<?xml version="1.0"?><a/>',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "form_feed": b"\x0c{}",
    "no_break_space": '\u00a0{"a": 1}'.encode(),
    "unclosed_deep": b"[" * 31,
}

#: Bodies that are JSON, and that readers do not understand alike: answered with 422.
UNSAFE = {
    "deep_33": (b"[" * 33 + b"]" * 33, "$" + "[0]" * 32),
    "unclosed_200": (b"[" * 200, "$"),
    "deep_100000": (b"[" * 100_000, "$"),
    "deep_objects": (b'{"a":' * 40_000, "$"),
    "deep_closed": (b"[" * 100_000 + b"]" * 100_000, "$"),
    "doubled": (b'{"packet": 1, "packet": 2}', "$.packet"),
    "doubled_inside": (b'[{"a": {"b": [0, {"c": 1, "c": 1}]}}]', "$[0].a.b[1].c"),
    "doubled_by_escape": (b'{"a": 1, "\\u0061": 2}', "$.a"),
    "huge_integer": (b'{"a": 9007199254740993}', "$.a"),
    "huge_negative": (b'{"a": [-9007199254740993]}', "$.a[0]"),
    "digits_5000": (b'{"a": ' + b"9" * 5_000 + b"}", "$.a"),
    "digits_200000": (b'{"a": ' + b"9" * 200_000 + b"}", "$.a"),
    "huge_exponent": (b'{"a": 1e400}', "$.a"),
    "huge_negative_exponent": (b'{"a": -1e400}', "$.a"),
    "lone_high": (b'{"a": "\\ud800"}', "$.a"),
    "lone_low": (b'{"a": ["\\udfff"]}', "$.a[0]"),
    "swapped": (b'{"a": "\\ude00\\ud83d"}', "$.a"),
    "nul": (b'{"a": "one\\u0000two"}', "$.a"),
    "nul_in_key": (b'{"a\\u0000b": 1}', '$["a\\x00b"]'),
    "surrogate_in_key": (b'{"\\ud800": 1}', '$["\\ud800"]'),
    "alone": (b'"\\u0000"', "$"),
}

TOO_LARGE = {
    "text_1_mb": b'{"packet": {"name": "message", "payload": {"body": "' + b"x" * 1_000_000 + b'"}}}',
    "spaces": b" " * 262_145,
    "keys_100000": json.dumps({f"key{number}": number for number in range(100_000)}).encode(),
}

READERS: dict[str, Callable[[bytes], object]] = {
    "answer": lambda raw: decode_answer(raw, cid_required=False),
    "call": lambda raw: decode_answer(raw, cid_required=True),
    "frame": decode_contact_frame,
}
EVERYTHING = {**NOT_JSON, **{name: raw for name, (raw, _) in UNSAFE.items()}, **TOO_LARGE}


@pytest.mark.guarantee("B12")
@pytest.mark.guarantee("F17")
@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("reader", READERS)
def test_a_bad_body_is_refused_and_nothing_else_happens(name: str, reader: str) -> None:
    refusals, spent = [], []
    # The best of three: caches are cold at first, and other processes take their share.
    for _ in range(3):
        before = time.process_time()
        with pytest.raises(InvalidDocument) as refused:
            READERS[reader](EVERYTHING[name])
        spent.append(time.process_time() - before)
        refusals.append(refused.value)

    assert min(spent) < 0.05
    assert all(one.errors and len(str(one)) < 2_000 for one in refusals)


@pytest.mark.guarantee("B12")
@pytest.mark.guarantee("F16")
@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_not_json_in_utf_8_is_answered_with_400(name: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        decode_answer(NOT_JSON[name], cid_required=True)

    assert refused.value.kind == "invalid_json"
    assert problem_of(refused.value).status == 400


@pytest.mark.guarantee("B12")
@pytest.mark.guarantee("F17")
@pytest.mark.parametrize("name", UNSAFE)
def test_json_outside_the_profile_is_answered_with_422_and_its_place(name: str) -> None:
    raw, path = UNSAFE[name]

    with pytest.raises(InvalidDocument) as refused:
        parse(raw)

    assert [fault.path for fault in refused.value.errors] == [path]
    assert (refused.value.kind, refused.value.code) == ("invalid_json", "unsafe_json")
    assert problem_of(refused.value).status == 422


@pytest.mark.guarantee("B12")
@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_body_over_256_kib_is_answered_with_413(name: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        decode_answer(TOO_LARGE[name], cid_required=False)

    assert refused.value.kind == "too_large"
    assert problem_of(refused.value).status == 413


@pytest.mark.guarantee("B12")
def test_a_body_of_exactly_256_kib_is_read() -> None:
    raw = b'"' + b"x" * 262_142 + b'"'

    assert len(parse(raw)) == 262_142  # type: ignore[arg-type]
    with pytest.raises(InvalidDocument):
        parse(raw + b" ")


def test_every_fault_of_the_profile_is_named() -> None:
    raw = b'[{"a": 1, "a": 2}, 9007199254740993, "\\u0000", {"b": 1e999}]'

    with pytest.raises(InvalidDocument) as refused:
        parse(raw)

    assert [fault.path for fault in refused.value.errors] == ["$[0].a", "$[1]", "$[2]", "$[3].b"]


def test_faults_beyond_a_hundred_are_not_listed() -> None:
    raw = b"[" + b",".join([b"1e999"] * 130) + b"]"

    with pytest.raises(InvalidDocument) as refused:
        parse(raw)

    assert len(refused.value.errors) == 101
    assert refused.value.errors[-1].message == "and more errors, which are not listed"


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 32 + b"]" * 32,
        b'"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\"{{{{{{{{"',
        b"[" + b",".join([b"{}"] * 500) + b"]",
        b"9007199254740992",
        b"-9007199254740992",
        b"1e308",
        b'"\\ud83d\\ude00"',
        b'"\\\\u0000"',
        b'"\\\\ud800"',
        b' \t\r\n{"a":1} ',
    ],
)
def test_what_only_looks_odd_is_read(raw: bytes) -> None:
    assert parse(raw) == json.loads(raw)


def test_integers_of_any_size_are_left_alone_where_the_caller_says_so() -> None:
    def is_free(place: Place) -> bool:
        return place[:1] == ("free",)

    parse(b'{"free": {"a": [12345678901234567890]}}', is_free=is_free)

    with pytest.raises(InvalidDocument, match="bound"):
        parse(b'{"free": 12345678901234567890, "bound": 12345678901234567890}', is_free=is_free)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inside: (
        st.lists(inside)
        | st.dictionaries(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inside)
    ),
    max_leaves=30,
)


@pytest.mark.guarantee("B12")
@given(value=JSON, ascii_only=st.booleans(), indent=st.sampled_from([None, 1, "\t"]))
def test_every_document_of_the_profile_comes_through_unchanged(
    value: object, *, ascii_only: bool, indent: str | int | None
) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()

    assert parse(raw) == value
    assert compact(raw) == json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode()


@given(st.binary(max_size=300))
def test_no_bytes_cause_anything_but_a_refusal(raw: bytes) -> None:
    with suppress(InvalidDocument):
        decode_answer(raw, cid_required=False)


@given(st.text(alphabet='[]{}",:\\u0d89f \n1-.eE', max_size=80))
def test_no_near_json_causes_anything_but_a_refusal(text: str) -> None:
    with suppress(InvalidDocument):
        parse(text.encode())


@pytest.mark.guarantee("B12")
@given(st.text(st.characters(exclude_categories=["Cs"])).filter(is_storable))
def test_every_call_is_written_inside_the_profile(text: str) -> None:
    call = WebhookCall(
        Info(
            cid="chatbot::1:00",
            approach_mode="normal",
            contact=ContactInfo(id="ct_1", name=text, custom_field_data={text: text}),
            context=Raw(b"{}"),
            widget=WidgetInfo(id=1, key="shop", name=text, language="en"),
            conversation=ConversationInfo(id="cv_1", status="live", created_at="2025-03-04T09:15:02.511Z"),
        ),
        MessagePacket(TextPayload(body=text)),
    )

    tree = parse(encode_call(call))

    assert tree["packet"]["payload"]["body"] == text  # type: ignore[index]
    assert tree == json.loads(encode_call(call))


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("", 0),
        ('"[[["', 0),
        ("[]", 1),
        ("{[]}", 2),
        ("[{},[[]],{}]", 3),
        ('["]]",[{"}":[]}]]', 4),
        ('[["\\"]",[]]]', 3),
        ("[" * 40 + "]" * 40, 40),
        ("[" * 1_000 + "]" * 1_000, 1_000),
    ],
)
def test_levels_are_counted_outside_strings(text: str, levels: int) -> None:
    assert nesting(text.encode(), enough=100) >= min(levels, 100)
    assert nesting(text.encode(), enough=10_000) == levels


def test_the_worst_bodies_that_fit_cost_little_time() -> None:
    tail = b'"\\u0000"]'
    units = [b"{},", b"[],", b"1,", b'"a",', b'{"a":1},', b'{"a":1,"a":1},', b"[[[[[]]]]],", b'"\\"",', b"1e999,"]
    bodies = [b"[" + unit * (250_000 // len(unit)) + tail for unit in units]

    for body in bodies:
        before = time.process_time()
        with pytest.raises(InvalidDocument):
            parse(body)
        # A fiftieth of this is usual, and what grows with the square of the length takes minutes.
        assert time.process_time() - before < 2.5
