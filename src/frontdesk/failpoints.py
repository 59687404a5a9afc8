"""Places where a test may end the process, to see what is left.

`FRONTDESK_FAIL=name:kill` ends the process with SIGKILL where it first passes `name`; `name:kill:7` at the seventh
time. Nothing happens at a failpoint that is not named there.
"""

from __future__ import annotations

import os
import signal
from functools import cache

VARIABLE = "FRONTDESK_FAIL"

NAMES = frozenset(
    {
        "msg.before_commit",
        "msg.after_commit",
        "ack.before_send",
        "hook.sent",
        "hook.reply_read",
        "hook.before_commit",
        "hook.after_commit",
        "timer.due",
    }
)


class FailpointInvalid(Exception):
    """The variable names no failpoint, or nothing that can be done there."""


class _Armed:
    """The failpoint of this process, and how often it is passed before it acts."""

    def __init__(self, name: str, *, passes: int) -> None:
        self.name = name
        self._left = passes

    def hit(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@cache
def _armed() -> _Armed | None:
    text = os.environ.get(VARIABLE)
    return None if not text else parse(text)


def parse(text: str) -> _Armed:
    """Return the failpoint that the variable describes. Raises FailpointInvalid."""
    name, _, action = text.partition(":")
    verb, _, times = action.partition(":")
    if name not in NAMES or verb != "kill" or not (times or "1").isdecimal():
        raise FailpointInvalid(
            f"{VARIABLE} is {text!r}; it must be `name:kill` with one of: {', '.join(sorted(NAMES))}."
        )
    return _Armed(name, passes=int(times or "1"))


def failpoint(name: str) -> None:
    """Pass the place called `name`. Raises FailpointInvalid where the variable cannot be read."""
    armed = _armed()
    if armed is not None and armed.name == name:
        armed.hit()
