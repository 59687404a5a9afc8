"""Whose pages count as our own."""

from __future__ import annotations

import pytest

from frontdesk.live.handshake import own_addresses


@pytest.mark.guarantee("S4")
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[", "a b"])
def test_a_name_in_the_host_header_makes_no_page_our_own(host: str) -> None:
    assert own_addresses(host) == ()


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.0.2.7"])
def test_a_page_at_the_address_that_was_asked_for_is_our_own(host: str) -> None:
    assert own_addresses(host) == (f"http://{host}", f"https://{host}")
