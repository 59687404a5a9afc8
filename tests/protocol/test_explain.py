"""The full list of faults and the fast decoder agree on what is valid."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.protocol import events
from frontdesk.protocol.explain import explain

PAYLOADS = sorted(
    {msgspec.structs.fields(one)[0].type for one in get_args(events.EventPacket)}, key=lambda one: one.__name__
)
#: Values at and around every limit and of every shape.
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, 0, 1, -1, 60, 61, 1.0, 1.5, 2**53, 2**53 + 1, 2.0**60, {}, [], [[]]),
        *("", "x", "plain", "markdown", "x" * 200, "x" * 201, "x" * 255, "x" * 256, "x" * 10_000, "x" * 10_001),
        *(["a"], ["a"] * 20, ["a"] * 21, [""], [1], [None], [{}], {"headline": "x"}),
        *([{"headline": "x"}], [{"headline": ""}], [{"headline": "x", "media": 1}], [{"headline": "x", "media": None}]),
        *(["a", {"headline": "b"}], [{"headline": "x", "subheadline": "y" * 501}]),
    ]
)


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: str(one.__name__))
@given(data=st.data())
def test_a_value_has_faults_exactly_where_the_decoder_refuses_it(payload: type, data: st.DataObject) -> None:
    names = [field.encode_name for field in msgspec.structs.fields(payload)]
    value = data.draw(st.dictionaries(st.sampled_from([*names, "other"]), VALUES))

    faults = list(explain(value, payload))

    assert bool(faults) == (not accepts(payload, value))
    assert len(faults) == len(set(faults))


def accepts(payload: type, value: object) -> bool:
    try:
        msgspec.convert(value, payload)
    except msgspec.ValidationError:
        return False
    return True
