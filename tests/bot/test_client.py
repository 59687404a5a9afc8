"""The API client: what it sends, what it tries again, and what it raises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest

from frontdesk.bot import (
    ApiClient,
    ApiError,
    InvalidEvents,
    Patience,
    RateLimited,
    SessionOver,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnknownSession,
    Unreachable,
)
from frontdesk.bot.client import Reply
from frontdesk.protocol.faults import Fault
from frontdesk.protocol.problems import ProblemCode, encode_problem, problem
from tests.bot.calls import CID

HELLO = {"name": "message", "payload": {"body": "Hello"}}
GOOD = Reply(status=200, headers={}, body=b'{"accepted": 1, "seqs": [4], "ignored": []}')


class Script:
    """A post that answers from a list, and keeps what it was sent."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[bytes, Mapping[str, str]]] = []
        self.pauses: list[float] = []

    async def __call__(self, _url: str, body: bytes, /, *, headers: Mapping[str, str]) -> Reply:
        self.sent.append((body, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None: ...

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def client(self) -> ApiClient:
        return ApiClient(api_url="http://127.0.0.1/", token="secret", post=self, sleep=self.sleep)


def refusal(code: ProblemCode, **headers: str) -> Reply:
    told = problem(code)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=told.status, headers=names, body=encode_problem(told))


async def test_events_are_sent_with_cid_token_and_key() -> None:
    script = Script(GOOD)

    accepted = await script.client().send(CID, [HELLO], idempotency_key="k1")

    body, headers = script.sent[0]
    assert msgspec.json.decode(body) == [{"info": {"cid": CID}, "packet": HELLO}]
    assert (headers["security-token"], headers["idempotency-key"]) == ("secret", "k1")
    assert accepted.seqs == [4]


async def test_whole_events_are_sent_as_they_are() -> None:
    script, whole = Script(GOOD), {"info": {"cid": CID, "context": {"a": 1}}, "packet": HELLO}

    await script.client().send(CID, [whole])

    assert msgspec.json.decode(script.sent[0][0]) == [whole]


async def test_what_may_pass_is_tried_again_with_the_same_key() -> None:
    script = Script(
        refusal("unavailable"),
        refusal("rate_limited", retry_after="7"),
        Unreachable("reset"),
        refusal("key_in_progress"),
        GOOD,
    )

    await script.client().send(CID, [HELLO])

    assert script.pauses == [0.5, 7.0, 2.0, 4.0]
    assert len({headers["idempotency-key"] for _, headers in script.sent}) == 1
    assert len({body for body, _ in script.sent}) == 1


async def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    script = Script(refusal("rate_limited", retry_after=later), GOOD)

    await script.client().send(CID, [HELLO])

    assert 25 < script.pauses[0] <= 30


async def test_it_gives_up_after_the_last_attempt_or_where_the_wait_is_too_long() -> None:
    script = Script(*[refusal("unavailable")] * 5)
    with pytest.raises(Unavailable):
        await script.client().send(CID, [HELLO])
    assert len(script.sent) == 5

    script = Script(refusal("rate_limited", retry_after="3600"))
    with pytest.raises(RateLimited) as error:
        await script.client().send(CID, [HELLO])
    assert error.value.retry_after_s == 3600


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("unauthorized", Unauthorized),
        ("unknown_cid", UnknownSession),
        ("session_over", SessionOver),
        ("session_expired", SessionOver),
        ("too_large", TooLarge),
        ("context_too_large", TooLarge),
        ("key_reused", InvalidEvents),
        ("invalid_json", ApiError),
        ("internal", ApiError),
    ],
)
async def test_every_other_refusal_raises_its_kind_at_once(code: ProblemCode, error: type[ApiError]) -> None:
    script = Script(refusal(code))

    with pytest.raises(ApiError) as raised:
        await script.client().send(CID, [HELLO])

    assert type(raised.value) is error
    assert (raised.value.code, raised.value.status) == (code, problem(code).status)


async def test_refused_events_name_every_fault() -> None:
    told = problem("invalid_event", errors=[Fault("$[0].packet.name", "unknown event")])
    script = Script(Reply(status=422, headers={}, body=encode_problem(told)))

    with pytest.raises(InvalidEvents, match=r"\$\[0\]\.packet\.name: unknown event") as error:
        await script.client().send(CID, [HELLO])

    assert error.value.faults[0].path == "$[0].packet.name"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]"])
async def test_answers_that_are_no_problem_document_are_told_by_their_status(body: bytes) -> None:
    script = Script(Reply(status=404, headers={}, body=body))

    with pytest.raises(UnknownSession, match="404"):
        await script.client().send(CID, [HELLO])


async def test_a_page_that_is_not_the_api_is_not_taken_for_success() -> None:
    script = Script(*[Reply(status=200, headers={}, body=b"<html>")] * 5)

    with pytest.raises(Unreachable, match="not the API URL"):
        await script.client().send(CID, [HELLO])


async def test_patience_is_a_setting() -> None:
    script = Script(refusal("unavailable"))
    client = ApiClient(api_url="http://127.0.0.1/", token="t", post=script, patience=Patience(attempts=1))

    with pytest.raises(Unavailable):
        await client.send(CID, [HELLO])
