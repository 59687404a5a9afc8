"""How often a bot may call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.ids import Instant
from frontdesk.core.rate import LIMIT, WINDOW_MS, admit, remaining
from frontdesk.core.refusals import TooManyCalls


@pytest.mark.guarantee("B6")
@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=200))
def test_no_window_of_60_seconds_holds_more_than_20_admitted_calls(gaps: list[int]) -> None:
    calls: tuple[Instant, ...] = ()
    admitted: list[int] = []
    now = 0

    for gap in gaps:
        now += gap
        try:
            calls = admit(calls, now=Instant(now))
        except TooManyCalls:
            continue
        admitted.append(now)

    for at in admitted:
        assert sum(at <= other < at + WINDOW_MS for other in admitted) <= LIMIT


@pytest.mark.guarantee("B6")
@pytest.mark.parametrize("offset", range(0, 60_000, 4_999))
def test_the_21st_call_is_told_when_it_would_be_taken(offset: int) -> None:
    calls: tuple[Instant, ...] = ()
    for number in range(LIMIT):
        calls = admit(calls, now=Instant(offset + number))

    with pytest.raises(TooManyCalls) as refused:
        admit(calls, now=Instant(offset + 30_000))

    retry_at = Instant(offset + 30_000 + refused.value.retry_after_ms)
    assert admit(calls, now=retry_at)
    with pytest.raises(TooManyCalls):
        admit(calls, now=Instant(retry_at - 1))


def test_what_remains_counts_down_and_comes_back() -> None:
    calls = admit((), now=Instant(0))

    assert remaining(calls, now=Instant(0)) == LIMIT - 1
    assert remaining(calls, now=Instant(WINDOW_MS)) == LIMIT


def test_a_call_that_was_turned_away_is_not_counted() -> None:
    calls: tuple[Instant, ...] = ()
    for _ in range(LIMIT):
        calls = admit(calls, now=Instant(0))

    for at in range(1, WINDOW_MS, 1_000):
        with pytest.raises(TooManyCalls):
            admit(calls, now=Instant(at))

    assert admit(calls, now=Instant(WINDOW_MS))
