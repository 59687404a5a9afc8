"""Settings are read once, and a wrong one is named with its fix."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from frontdesk.settings import Settings, SettingsInvalid, described, read


def test_nothing_has_to_be_set() -> None:
    assert read({}) == Settings()
    assert read({"HOME": "/", "PATH": "/bin"}) == Settings()


def test_the_environment_is_read_and_a_flag_wins_over_it() -> None:
    environ = {
        "FRONTDESK_PORT": "9000",
        "FRONTDESK_DATA": "/srv/desk",
        "FRONTDESK_PUBLIC_URL": "https://chat.example.org/",
        "FRONTDESK_ALLOWED_PRIVATE": "bots.internal, 10.1.0.0/16,fd00::/8",
        "FRONTDESK_TRUSTED_PROXIES": "10.0.0.5",
        "FRONTDESK_LOG_FORMAT": "json",
    }

    settings = read(environ, flags={"port": "9001", "host": None})

    assert settings == Settings(
        port=9001,
        data=Path("/srv/desk"),
        public_url="https://chat.example.org",
        allowed_private=("bots.internal", "10.1.0.0/16", "fd00::/8"),
        trusted_proxies=("10.0.0.5",),
        log_format="json",
    )


@pytest.mark.guarantee("X10")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("FRONTDESK_PROT", "8080"),
        ("FRONTDESK_PORT", "http"),
        ("FRONTDESK_PORT", "70000"),
        ("FRONTDESK_PORT", "-1"),
        ("FRONTDESK_HOST", "http://localhost"),
        ("FRONTDESK_DATA", ""),
        ("FRONTDESK_PUBLIC_URL", "chat.example.org"),
        ("FRONTDESK_PUBLIC_URL", "https://chat.example.org/desk"),
        ("FRONTDESK_PUBLIC_URL", "https://me@chat.example.org"),
        ("FRONTDESK_ALLOWED_PRIVATE", "10.0.0.0/33"),
        ("FRONTDESK_ALLOWED_PRIVATE", "http://bots"),
        ("FRONTDESK_TRUSTED_PROXIES", "proxy.example"),
        ("FRONTDESK_LOG_FORMAT", "xml"),
        ("FRONTDESK_LOG_LEVEL", "loud"),
        ("FRONTDESK_METRICS_TOKEN", "short"),
        ("FRONTDESK_METRICS_TOKEN", "with a space in the middle"),
        ("FRONTDESK_SOCKETS_PER_ADDRESS", "many"),
        ("FRONTDESK_SOCKETS_PER_ADDRESS", "-1"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write_instead(key: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=key) as wrong:
        read({key: value})

    assert "must be" in str(wrong.value) or "The settings are" in str(wrong.value)


def test_what_bots_and_tests_are_told_is_no_setting_and_no_mistake() -> None:
    environ = {"FRONTDESK_TOKEN": "t", "FRONTDESK_API_URL": "u", "FRONTDESK_SIGNING_SECRET": "s"}

    assert read(environ) == Settings()


def test_every_setting_is_described_and_its_example_can_be_used() -> None:
    assert [one.name for one in described()] == [one.name for one in fields(Settings)]
    for one in described():
        assert one.doc.endswith(".")
        read({one.key: one.example})


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8080"), ("0.0.0.0", "http://127.0.0.1:8080"), ("::1", "http://[::1]:8080")],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, url: str) -> None:
    assert Settings(host=host).url == url


def test_the_hosters_name_of_the_database_is_read_and_ours_wins() -> None:
    theirs, ours = "postgres://u@db.example/theirs", "postgresql://u@db.example/ours"

    assert read({"DATABASE_URL": theirs}).database_url == theirs
    assert read({"DATABASE_URL": theirs, "FRONTDESK_DATABASE_URL": ours}).database_url == ours


def test_the_password_of_a_database_is_never_shown() -> None:
    settings = read({"DATABASE_URL": "postgres://u:very-secret@db.example/d"})
    with pytest.raises(SettingsInvalid) as wrong:
        read({"FRONTDESK_DATABASE_URL": "mysql://u:very-secret@db.example/d"})

    assert "very-secret" not in repr(settings) + str(wrong.value)
    assert "FRONTDESK_DATABASE_URL" in str(wrong.value)
