"""When a bot that keeps failing counts as offline, and how it comes back."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from frontdesk.core.circuit import CLOSED, Circuit, Tally, failed, may_close, opened, probed
from frontdesk.core.ids import Instant
from frontdesk.core.routing import choose_bot
from frontdesk.core.sessions import start_session
from tests.kit.making import ADA, BEA, NOON, WIDGET, directory, new_conversation


def after(seconds: float) -> Instant:
    """Return the instant so long after noon."""
    return Instant(NOON + int(seconds * 1000))


def tally(course: str, *, step_s: float = 1.0) -> Tally:
    """Return what is counted after these successes (+) and failures (-)."""
    counted = Tally()
    for index, sign in enumerate(course):
        at = after(index * step_s)
        counted = counted.with_success(at) if sign == "+" else counted.with_failure(at)
    return counted


@pytest.mark.parametrize(
    ("course", "opens"),
    [
        ("-----", True),
        ("----", False),
        ("----+----", False),
        ("+-+-+-+--", False),
        ("+-+-+-+-+-", True),
        ("++++++-+----", False),
        ("+++++-----", True),
    ],
)
def test_five_failures_in_a_row_or_half_of_ten_are_too_many(*, course: str, opens: bool) -> None:
    assert tally(course).opens == opens


def test_what_is_older_than_a_minute_does_not_count() -> None:
    assert not tally("-+" * 10, step_s=10).opens
    assert len(tally("+" * 1000).seconds) <= 60


def test_a_tally_is_bounded_however_much_goes_on_in_a_minute() -> None:
    counted = Tally()
    for _ in range(5_000):
        counted = counted.with_success(NOON)

    assert counted.seconds == ((NOON // 1000, 5_000, 0),)


def test_a_clock_that_was_set_back_leaves_no_count_behind() -> None:
    counted = Tally().with_failure(after(3600))

    assert counted.with_failure(NOON).seconds == ((NOON // 1000, 1, 1),)


def test_an_open_circuit_admits_nobody_for_fifteen_seconds_and_then_one_probe() -> None:
    circuit = opened("timeout", now=NOON)

    assert not circuit.admits(NOON)
    assert not circuit.admits(after(14.9))
    assert circuit.admits(after(15))
    assert not probed(circuit, now=after(15)).admits(after(16))


def test_each_probe_that_fails_doubles_the_wait_up_to_a_minute() -> None:
    circuit, at, waits = opened("timeout", now=NOON), NOON, []
    for _ in range(5):
        assert circuit.probe_at is not None
        at = circuit.probe_at
        circuit = failed(probed(circuit, now=at), fault="reset", started_at=at, now=at)
        waits.append(circuit.wait_s)

    assert waits == [30, 60, 60, 60, 60]
    assert circuit.fault == "reset"


def test_the_next_wait_counts_from_the_beginning_of_the_attempt_that_failed() -> None:
    probing = probed(opened("timeout", now=NOON), now=after(15))

    circuit = failed(probing, fault="timeout", started_at=after(15), now=after(35))

    assert circuit.probe_at == after(45)


def test_a_failure_of_what_began_before_the_probe_says_nothing_new() -> None:
    circuit = opened("timeout", now=NOON)
    probing = probed(circuit, now=after(15))

    assert failed(circuit, fault="reset", started_at=after(14), now=after(14)) == circuit
    assert failed(probing, fault="reset", started_at=after(14), now=after(16)) == probing


def test_a_probe_without_any_result_makes_room_for_another_after_a_minute() -> None:
    probing = probed(opened("timeout", now=NOON), now=after(15))

    assert not probing.admits(after(74))
    assert probing.admits(after(75))


@pytest.mark.guarantee("F25")
def test_a_circuit_stays_open_for_fifteen_seconds_whoever_answers() -> None:
    circuit = opened("timeout", now=NOON)

    assert not may_close(circuit, now=after(14.9))
    assert may_close(circuit, now=after(15))
    assert not may_close(CLOSED, now=NOON)


def test_a_clock_that_was_set_back_does_not_keep_a_bot_away() -> None:
    circuit = opened("timeout", now=after(3600))

    assert circuit.admits(NOON)
    assert may_close(circuit, now=NOON)


@pytest.mark.guarantee("F25")
@holds_for(seed=st.integers(), share=st.floats(min_value=0.0, max_value=1.0), gap_ms=st.integers(20, 3_000))
def test_a_bot_that_comes_and_goes_is_not_switched_more_than_four_times_a_minute(
    *, seed: int, share: float, gap_ms: int
) -> None:
    chance = random.Random(seed)
    circuit, counted, openings = CLOSED, Tally(), list[Instant]()
    for step in range(400):
        now = after(step * gap_ms / 1000)
        if chance.random() < share:
            before = circuit
            circuit, counted = _failure(circuit, counted, now=now)
            if before.state == "closed" and circuit.state == "open":
                openings.append(now)
        elif circuit.state == "closed":
            counted = counted.with_success(now)
        elif may_close(circuit, now=now):
            circuit, counted = CLOSED, Tally()

    for index, at in enumerate(openings):
        assert len([one for one in openings[index:] if one - at < 60_000]) <= 4


def _failure(circuit: Circuit, counted: Tally, *, now: Instant) -> tuple[Circuit, Tally]:
    if circuit.state != "closed":
        return failed(circuit, fault="timeout", started_at=now, now=now), counted
    counted = counted.with_failure(now)
    return (opened("timeout", now=now), Tally()) if counted.opens else (circuit, counted)


def test_routing_passes_a_bot_by_whose_circuit_is_open() -> None:
    away = replace(ADA, circuit=opened("timeout", now=NOON))

    chosen = [
        choose_bot(directory(away, BEA), widget=WIDGET, without=(), now=after(seconds)) for seconds in (0, 14, 15)
    ]

    assert [one.id if one else None for one in chosen] == [BEA.id, BEA.id, ADA.id]


def test_the_conversation_that_begins_when_a_probe_is_due_becomes_the_probe() -> None:
    away = replace(ADA, circuit=opened("timeout", now=after(-15)))

    thread = start_session(new_conversation(away), away, cursor=new_conversation(away).conversation.last_seq)

    assert [one.circuit.state for one in thread.change.bots] == ["probing"]
    assert not thread.change.bots[0].circuit.admits(after(1))


def test_a_conversation_of_a_bot_that_is_well_changes_no_bot() -> None:
    thread = start_session(new_conversation(ADA), ADA, cursor=new_conversation(ADA).conversation.last_seq)

    assert thread.change.bots == ()
