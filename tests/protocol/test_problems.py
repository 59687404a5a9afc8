"""Every refusal of an API has a code, a status and words of its own."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from frontdesk.protocol.faults import Code, Fault
from frontdesk.protocol.problems import CATALOGUE, ProblemCode, code_of, encode_problem, problem


@pytest.mark.parametrize("code", get_args(ProblemCode))
def test_every_code_is_in_the_catalogue(code: ProblemCode) -> None:
    made = problem(code)

    assert made.type == f"/problems/{code}"
    assert code_of(made) == code
    assert 400 <= made.status < 600
    assert made.title
    assert made.detail.endswith(".")


def test_the_catalogue_has_no_two_kinds_of_one_title() -> None:
    titles = [kind.title for kind in CATALOGUE.values()]

    assert len(titles) == len(set(titles))


def test_every_refused_document_has_a_problem() -> None:
    assert set(get_args(Code)) <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("invalid_json", 400),
        ("unauthorized", 401),
        ("unknown_cid", 404),
        ("session_over", 409),
        ("session_expired", 409),
        ("key_in_progress", 409),
        ("too_large", 413),
        ("context_too_large", 413),
        ("unsafe_json", 422),
        ("invalid_event", 422),
        ("invalid_context", 422),
        ("unknown_group", 422),
        ("unknown_option", 422),
        ("key_reused", 422),
        ("rate_limited", 429),
        ("unavailable", 503),
    ],
)
def test_a_status_stands_fast(code: ProblemCode, status: int) -> None:
    assert problem(code).status == status


def test_errors_are_written_only_where_there_are_some() -> None:
    bare = json.loads(encode_problem(problem("unknown_cid")))
    full = json.loads(encode_problem(problem("invalid_event", errors=[Fault("$[0].packet", "missing")])))

    assert [*bare] == ["type", "title", "status", "detail"]
    assert full["errors"] == [{"path": "$[0].packet", "message": "missing"}]
