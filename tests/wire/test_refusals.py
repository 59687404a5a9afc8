"""Every refusal has a name on the wire."""

from __future__ import annotations

import pytest

from frontdesk.core import refusals as core
from frontdesk.wire.refusals import code_of, problem_of

#: Refusals that no call and no frame can meet: the delivery room and the shell handle them.
INSIDE = {core.Fenced, core.Outdated}


def leaves(kind: type[core.Refusal] = core.Refusal) -> list[type[core.Refusal]]:
    below = [leaf for child in kind.__subclasses__() for leaf in leaves(child)]
    return below or [kind]


def made(kind: type[core.Refusal]) -> core.Refusal:
    return kind(retry_after_ms=1) if issubclass(kind, core.TooManyCalls) else kind()


@pytest.mark.parametrize("kind", [kind for kind in leaves() if kind not in INSIDE])
def test_each_refusal_is_a_problem_or_a_widget_code(kind: type[core.Refusal]) -> None:
    names = []

    for name in (problem_of, code_of):
        try:
            names.append(name(made(kind)))
        except LookupError:
            continue

    assert names


def test_a_path_becomes_the_error_of_the_problem() -> None:
    refused = core.UnknownGroup("there is no group 9", path="$[0].packet.payload.group_id")

    found = problem_of(refused)

    assert (found.status, found.errors[0].path) == (422, "$[0].packet.payload.group_id")
