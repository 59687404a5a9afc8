"""Which static headers may be saved for a bot."""

from __future__ import annotations

import pytest

from frontdesk.core.headers import header_faults


@pytest.mark.guarantee("S18")
@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "x-shop", "Accept", "Content", "X.Y~Z"])
def test_a_header_of_the_bots_own_may_be_set(name: str) -> None:
    assert header_faults([(name, "Bearer abc\tdef ~")]) == []


@pytest.mark.guarantee("S18")
@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "connection",
        "Keep-Alive",
        "Content-Length",
        "content-type",
        "Content-Encoding",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Trailers",
        "Upgrade",
        "Expect",
        "Proxy-Authorization",
        "Forwarded",
        "X-Forwarded-For",
        "Via",
        "Date",
        "Age",
        "Cookie",
        "Accept-Encoding",
        "User-Agent",
        "webhook-id",
        "Webhook-Signature",
        "chat-attempt",
        "CHAT-DEADLINE-MS",
    ],
)
def test_a_reserved_header_is_refused(name: str) -> None:
    assert len(header_faults([(name, "1")])) == 1


@pytest.mark.guarantee("S18")
@pytest.mark.parametrize("name", ["", "X A", "X:A", "X\r\nY", "Ä", "X\0", "X(1)", "X\u2028Y"])
def test_a_name_that_is_no_token_is_refused(name: str) -> None:
    assert len(header_faults([(name, "1")])) == 1


@pytest.mark.guarantee("S18")
@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "ä", "a\u2028b", "\x7f", "a\x1fb"])
def test_a_value_with_other_than_printable_ascii_is_refused(value: str) -> None:
    faults = header_faults([("X-Shop", value)])

    assert len(faults) == 1
    assert value not in faults[0]


def test_the_bounds_are_kept() -> None:
    assert header_faults([("X-A", "v" * 4096)]) == []
    assert len(header_faults([("X-A", "v" * 4097)])) == 1
    assert header_faults([(f"X-{n}", "v") for n in range(20)]) == []
    assert len(header_faults([(f"X-{n}", "v") for n in range(21)])) == 1
    assert len(header_faults([(f"X-{n}", "v" * 4000) for n in range(5)])) == 1


def test_a_header_is_given_once() -> None:
    assert len(header_faults([("X-A", "1"), ("x-a", "2")])) == 1
