"""When an attempt is made again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.delivery import BACKOFF_MS, JITTER, MAX_ATTEMPTS, Failed, Fault, may_try_again, next_attempt_at
from frontdesk.core.ids import Instant
from tests.kit.making import ADA, NOON

DEADLINE = Instant(NOON + 20_000)


@pytest.mark.guarantee("D8")
@pytest.mark.parametrize(
    ("failure", "again", "again_if_idempotent"),
    [
        (Failed(fault="dns", received=False), True, True),
        (Failed(fault="connect", received=False), True, True),
        (Failed(fault="reset", received=False), True, True),
        (Failed(fault="reset", received=True), False, True),
        (Failed(fault="timeout", received=True), False, True),
        (Failed(fault="throttled", received=True, status=429), True, True),
        (Failed(fault="http_4xx", received=True, status=408), True, True),
        (Failed(fault="http_5xx", received=True, status=500), False, True),
        (Failed(fault="http_5xx", received=True, status=502), True, True),
        (Failed(fault="http_5xx", received=True, status=503), True, True),
        (Failed(fault="http_5xx", received=True, status=504), True, True),
        (Failed(fault="http_4xx", received=True, status=404), False, False),
        (Failed(fault="gone", received=True, status=410), False, False),
        (Failed(fault="redirect", received=True, status=302), False, False),
        (Failed(fault="tls", received=False), False, False),
        (Failed(fault="blocked", received=False), False, False),
        (Failed(fault="invalid_json", received=True, status=200), False, False),
        (Failed(fault="invalid_event", received=True, status=200), False, False),
        (Failed(fault="too_large", received=True, status=200), False, False),
        (Failed(fault="encoding", received=True, status=200), False, False),
    ],
)
def test_only_faults_that_pass_are_tried_again(failure: Failed, *, again: bool, again_if_idempotent: bool) -> None:
    assert may_try_again(failure, idempotent=False) is again
    assert may_try_again(failure, idempotent=True) is again_if_idempotent


@given(attempt=st.integers(1, 2), chance=st.floats(0, 1), spent=st.integers(0, 25_000))
def test_the_next_attempt_lies_within_the_jitter_and_before_the_deadline(
    attempt: int, chance: float, spent: int
) -> None:
    now = Instant(NOON + spent)
    failure = Failed(fault="connect", received=False)

    at = next_attempt_at(failure, bot=ADA, attempt=attempt, now=now, deadline=DEADLINE, chance=chance)

    wait = BACKOFF_MS[attempt - 1]
    if at is None:
        assert now + wait * (1 + JITTER) >= DEADLINE
    else:
        assert at < DEADLINE
        assert wait * (1 - JITTER) - 1 <= at - now <= wait * (1 + JITTER)


def test_after_three_attempts_no_other_is_made() -> None:
    failure = Failed(fault="connect", received=False)

    at = next_attempt_at(failure, bot=ADA, attempt=MAX_ATTEMPTS, now=NOON, deadline=DEADLINE, chance=0.5)

    assert at is None


@pytest.mark.parametrize(("retry_after_ms", "waits"), [(1_500, 1_500), (100, 800), (19_999, 19_999), (20_000, None)])
def test_a_retry_after_is_honoured_where_it_fits_the_deadline(retry_after_ms: int, waits: int | None) -> None:
    failure = Failed(fault="throttled", received=True, status=429, retry_after_ms=retry_after_ms)

    at = next_attempt_at(failure, bot=ADA, attempt=1, now=NOON, deadline=DEADLINE, chance=0.0)

    assert at == (None if waits is None else NOON + waits)


@pytest.mark.parametrize("fault", ["timeout", "reset", "http_5xx"])
def test_a_bot_marked_idempotent_may_get_the_same_event_again(fault: Fault) -> None:
    failure = Failed(fault=fault, received=True)
    careful = replace(ADA, idempotent=True)

    assert next_attempt_at(failure, bot=ADA, attempt=1, now=NOON, deadline=DEADLINE, chance=0.5) is None
    assert next_attempt_at(failure, bot=careful, attempt=1, now=NOON, deadline=DEADLINE, chance=0.5) is not None
