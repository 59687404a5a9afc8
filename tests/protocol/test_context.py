"""A context is an object of at most 10,240 bytes, and comes back as the bytes that were sent."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.protocol.answer import decode_answer
from frontdesk.protocol.faults import InvalidDocument
from frontdesk.protocol.problems import problem_of
from frontdesk.protocol.webhook import decode_call, encode_call
from tests.protocol.examples import FOLDER

END = b'"packet": {"name": "end"}'
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
OBJECTS = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda one: st.lists(one, max_size=4) | st.dictionaries(TEXT, one, max_size=4),
        max_leaves=8,
    ),
    min_size=1,
    max_size=4,
)


def answer(context: bytes) -> bytes:
    return b'[{"info": {"context": ' + context + b"}, " + END + b"}]"


def read(context: bytes) -> bytes | None:
    return decode_answer(answer(context), cid_required=False).events[0].context


def refusal(context: bytes) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as refused:
        read(context)
    return refused.value


def sized(size: int, *, filling: str) -> bytes:
    """Make a context of exactly `size` bytes."""
    room = size - len(b'{"a":""}')
    width = len(filling.encode())
    return b'{"a":"' + filling.encode() * (room // width) + b"x" * (room % width) + b'"}'


@pytest.mark.guarantee("B4")
@pytest.mark.parametrize("filling", ["x", "ü", "語", "👋"])
def test_10240_bytes_are_taken_and_one_more_is_refused(filling: str) -> None:
    assert read(sized(10_240, filling=filling)) == sized(10_240, filling=filling)

    refused = refusal(sized(10_241, filling=filling))

    assert (refused.kind, problem_of(refused).status) == ("invalid_context", 413)
    assert refused.errors[0].path == "$[0].info.context"
    assert "10,241 bytes" in refused.errors[0].message


@pytest.mark.guarantee("B4")
def test_white_space_does_not_count_outside_strings_and_does_inside() -> None:
    inside = sized(10_240, filling=" ")

    assert read(inside) == inside
    assert read(b" \n\t{ " + inside[1:-1] + b" \r\n} " + b" " * 1_000) == inside


@pytest.mark.guarantee("B4")
def test_escapes_count_as_they_were_sent() -> None:
    assert read(b'{"a":"' + b"\\u00fc" * 1_705 + b'xx"}') == b'{"a":"' + b"\\u00fc" * 1_705 + b'xx"}'
    assert refusal(b'{"a":"' + b"\\u00fc" * 1_706 + b'"}').code == "context_too_large"


@pytest.mark.guarantee("B4")
@pytest.mark.parametrize("context", [b"{}", b"{ }", b"{\n}", b"null"])
def test_an_empty_context_keeps_the_stored_one(context: bytes) -> None:
    assert read(context) is None


@pytest.mark.guarantee("F20")
@pytest.mark.parametrize(
    ("context", "path"),
    [
        (b"[]", ""),
        (b'["a"]', ""),
        (b'"text"', ""),
        (b'""', ""),
        (b"0", ""),
        (b"1", ""),
        (b"false", ""),
        (b'{"a":' * 31 + b"1" + b"}" * 31, ".a" * 29),
        (b'{"a":1,"a":2}', ".a"),
        (b'{"a":"\\ud800"}', ".a"),
        (b'{"a":{"b":"\\u0000"}}', ".a.b"),
        (b'{"a":1e999}', ".a"),
    ],
)
def test_a_context_that_is_no_object_of_the_profile_is_refused(context: bytes, path: str) -> None:
    refused = refusal(context)

    assert (refused.kind, problem_of(refused).status) == ("invalid_context", 422)
    assert [fault.path for fault in refused.errors] == [f"$[0].info.context{path}"]


@pytest.mark.guarantee("B4")
@pytest.mark.parametrize(
    "context",
    [
        b'{"a":12345678901234567890123456789012345678901234567890}',
        b'{"a":-9007199254740993,"z":1,"b":2}',
        b'{"a":1.0,"b":1e5,"c":1E+05,"d":-0,"e":0.10000000000000000001}',
        b'{"a":"\\u00fc\\/\\ud83d\\ude00"}',
        b'{"a":"{ \\" [ "}',
        b'{"a":' * 28 + b"{}" + b"}" * 28,
    ],
)
def test_a_context_keeps_its_bytes(context: bytes) -> None:
    assert read(context) == context


@pytest.mark.guarantee("B4")
@given(context=OBJECTS, ascii_only=st.booleans(), indent=st.sampled_from([None, 2, "\t"]))
def test_every_context_comes_back_in_the_next_call(
    context: object, *, ascii_only: bool, indent: int | str | None
) -> None:
    sent = json.dumps(context, ensure_ascii=ascii_only, indent=indent).encode()
    call = decode_call((FOLDER / "WebhookCall" / "start.json").read_bytes())

    kept = read(sent)
    assert kept is not None
    called = encode_call(
        msgspec.structs.replace(call, info=msgspec.structs.replace(call.info, context=msgspec.Raw(kept)))
    )

    assert kept == json.dumps(context, ensure_ascii=ascii_only, separators=(",", ":")).encode()
    assert b'"context":' + kept + b"," in called
    assert json.loads(called)["info"]["context"] == context


def test_keys_written_with_escapes_are_the_same_keys() -> None:
    raw = b'{"inf\\u006f": {"\\u0063ontext": {"a":1}}, "p\\u0061cket": {"name": "\\u0065nd"}}'

    assert decode_answer(raw, cid_required=False).events[0].context == b'{"a":1}'


def test_each_event_has_its_own_context() -> None:
    raw = b'[{"info":{"context":{"n":1}},' + END + b"},{" + END + b'},{"info":{"context":{"n":3}},' + END + b"}]"

    contexts = [one.context for one in decode_answer(raw, cid_required=False).events]

    assert contexts == [b'{"n":1}', None, b'{"n":3}']


def test_a_single_event_carries_a_context_too() -> None:
    raw = b'{"info": {"context": {"n": 1}}, ' + END + b"}"

    assert decode_answer(raw, cid_required=False).events[0].context == b'{"n":1}'


def test_a_large_context_is_named_beside_other_faults() -> None:
    raw = b'[{"info":{"context":' + sized(10_241, filling="x") + b'},"packet":{"name":"shout"}}]'

    with pytest.raises(InvalidDocument) as refused:
        decode_answer(raw, cid_required=True)

    assert refused.value.kind == "invalid_event"
    assert {fault.path for fault in refused.value.errors} == {
        "$[0].info.cid",
        "$[0].packet.name",
        "$[0].info.context",
    }
