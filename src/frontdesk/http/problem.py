"""Refusals as responses (RFC 9457)."""

from __future__ import annotations

from frontdesk.http.asgi import Headers, Send, answer
from frontdesk.protocol.api import PROBLEM_TYPE
from frontdesk.protocol.problems import Problem, ProblemCode, encode_problem, problem


async def refuse(send: Send, refused: Problem, *, headers: Headers = ()) -> None:
    """Answer with a problem."""
    await answer(send, status=refused.status, body=encode_problem(refused), content_type=PROBLEM_TYPE, headers=headers)


async def refuse_as(send: Send, code: ProblemCode, *, detail: str = "", headers: Headers = ()) -> None:
    """Answer with the problem of this kind."""
    await refuse(send, problem(code, detail=detail), headers=headers)
