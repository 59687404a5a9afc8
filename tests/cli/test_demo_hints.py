"""The commands that the demo names work as they stand there."""

from __future__ import annotations

import pytest

from frontdesk.cli.demo import hints
from frontdesk.settings import Settings


@pytest.mark.parametrize(
    ("called_as", "port", "chat"),
    [
        ("/usr/local/bin/frontdesk", 8080, "frontdesk chat"),
        (".venv/bin/frontdesk", 8080, ".venv/bin/frontdesk chat"),
        (".venv/bin/frontdesk", 9000, ".venv/bin/frontdesk chat --url http://127.0.0.1:9000"),
        ("/srv/desk/src/frontdesk/__main__.py", 8080, "frontdesk chat"),
    ],
)
def test_a_command_is_named_as_this_shell_finds_it(called_as: str, port: int, chat: str) -> None:
    shown = dict(hints(Settings(port=port), called_as=called_as))

    assert shown["The same in the terminal"] == chat
    assert shown["What the bot is told"] == f"{chat.partition(' ')[0]} deliveries --follow"
