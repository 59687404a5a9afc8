"""A failpoint is where a test says, and nowhere else."""

from __future__ import annotations

import pytest

from frontdesk.failpoints import VARIABLE, FailpointInvalid, failpoint, parse
from tests.crash.harness import victim


@pytest.mark.parametrize("text", ["msg.before_commit", "nowhere:kill", "hook.sent:stop", "hook.sent:kill:x", ":kill"])
def test_what_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(FailpointInvalid, match=VARIABLE):
        parse(text)


def test_a_failpoint_that_is_not_armed_does_nothing() -> None:
    failpoint("hook.sent")


@pytest.mark.process
async def test_an_armed_failpoint_kills_at_its_pass() -> None:
    async with victim("tests.crash.passing", "hook.sent", fail="hook.sent:kill:3") as one:
        await one.died()

    assert one.was_killed
    assert one.lines == ["0", "1", "2"]
