"""How many calls at once a bot gets after it said that it gets too many."""

from __future__ import annotations

import pytest

from frontdesk.core.allowance import Allowance
from frontdesk.core.ids import Instant
from tests.kit.making import NOON

LATER = Instant(NOON + 1_000)


@pytest.mark.guarantee("F11")
def test_a_429_halves_what_was_under_way() -> None:
    full = Allowance(most=50, limit=50)

    assert full.throttled(under_way=50, started_at=NOON, now=LATER).places == 25
    assert full.throttled(under_way=8, started_at=NOON, now=LATER).places == 4


def test_a_burst_of_429s_halves_it_once() -> None:
    lowered = Allowance(most=50, limit=50).throttled(under_way=50, started_at=NOON, now=LATER)

    again = lowered.throttled(under_way=49, started_at=NOON, now=Instant(LATER + 5))

    assert again == lowered


def test_one_call_at_a_time_is_always_allowed() -> None:
    allowance, at = Allowance(most=50, limit=50), NOON
    for _ in range(20):
        at = Instant(at + 1_000)
        allowance = allowance.throttled(under_way=allowance.places, started_at=at, now=at)

    assert allowance.places == 1


def test_answers_give_one_place_more_for_each_round_until_all_are_back() -> None:
    allowance = Allowance(most=4, limit=1, lowered_at=NOON)
    courses = []
    for _ in range(10):
        allowance = allowance.answered()
        courses.append(allowance.places)

    assert courses == sorted(courses)
    assert courses[:2] == [2, 2]
    assert allowance.is_full
    assert allowance.places == 4
