"""The client of a bot's API URL: sends events that are no direct answer, and tries again where that is safe."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, Protocol

import msgspec

from frontdesk.bot.errors import (
    ApiError,
    InvalidEvents,
    RateLimited,
    SessionOver,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnknownSession,
    Unreachable,
)
from frontdesk.protocol.api import IDEMPOTENCY_HEADER, JSON_TYPE, TOKEN_HEADER, EventsAccepted
from frontdesk.protocol.events import BotEvent
from frontdesk.protocol.problems import Problem, code_of

log = logging.getLogger("frontdesk.bot")

_ERRORS: dict[int, type[ApiError]] = {
    401: Unauthorized,
    404: UnknownSession,
    409: SessionOver,
    413: TooLarge,
    422: InvalidEvents,
    429: RateLimited,
    503: Unavailable,
}
#: The first call with this Idempotency-Key still runs; the same call later gets its answer.
STILL_RUNNING = "key_in_progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back for one request. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Post(Protocol):
    """Sends one POST request. Raises Unreachable where no answer came."""

    async def __call__(self, url: str, body: bytes, /, *, headers: Mapping[str, str]) -> Reply:
        """Send it and give what came back."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call is tried."""

    attempts: int = 5
    #: The pause after the first failure where the platform names none; it doubles each time.
    first_pause_s: float = 0.5
    #: A `Retry-After` beyond this ends the call.
    longest_pause_s: float = 61.0


class ApiClient:
    """Sends events to the bot's API URL.

    429, 503, an unanswered call and a call whose twin still runs are tried again, with one and the same
    `Idempotency-Key`, so that nothing is shown twice. Everything else raises at once.
    """

    def __init__(
        self,
        *,
        api_url: str,
        token: str,
        post: Post,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._url = api_url
        self._token = token
        self._post = post
        self._patience = patience or Patience()
        self._sleep = sleep

    async def send(
        self, cid: str, events: Sequence[BotEvent | Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> EventsAccepted:
        """Show these events to the contact of session `cid`; all of them, or none.

        `events` are whole events (`{"info": …, "packet": …}`) or packets alone (`{"name": …, "payload": …}`). The
        same `idempotency_key` with the same events has no second effect for 24 hours; one is made up where none is
        given.

        Raises:
            SessionOver: the session ended, expired, or a human is in charge.
            RateLimited, Unavailable, Unreachable: still so after all attempts.
            ApiError: any other refusal.
        """
        body = msgspec.json.encode([_whole(event, cid) for event in events])
        headers = {
            "content-type": JSON_TYPE,
            TOKEN_HEADER: self._token,
            IDEMPOTENCY_HEADER: idempotency_key or secrets.token_hex(16),
        }
        for attempt in range(1, self._patience.attempts + 1):
            try:
                return _accepted(await self._post(self._url, body, headers=headers))
            except ApiError as error:
                pause = self._pause(error, attempt)
                if pause is None:
                    raise
                log.info("API URL: attempt %d failed (%s), again in %.1f s", attempt, error, pause)
            await self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover

    async def close(self) -> None:
        """Let go of connections."""
        await self._post.close()

    def _pause(self, error: ApiError, attempt: int) -> float | None:
        """Seconds until the next attempt, or None where there is none."""
        again = isinstance(error, RateLimited | Unavailable | Unreachable) or error.code == STILL_RUNNING
        if not again or attempt >= self._patience.attempts:
            return None
        pause = error.retry_after_s
        if pause is None:
            pause = self._patience.first_pause_s * float(2 ** (attempt - 1))
        return pause if pause <= self._patience.longest_pause_s else None


def _whole(event: BotEvent | Mapping[str, Any], cid: str) -> BotEvent | Mapping[str, Any]:
    if isinstance(event, BotEvent) or "packet" in event:
        return event
    return {"info": {"cid": cid}, "packet": event}


def _accepted(reply: Reply) -> EventsAccepted:
    if 200 <= reply.status < 300:
        try:
            return msgspec.json.decode(reply.body, type=EventsAccepted)
        except msgspec.DecodeError as error:
            raise Unreachable(f"What answered is not the API URL: {error}", status=reply.status) from error
    raise _error(reply)


def _error(reply: Reply) -> ApiError:
    try:
        told = msgspec.json.decode(reply.body, type=Problem)
    except msgspec.DecodeError:
        told = Problem(type="", title="", status=reply.status, detail=f"HTTP status {reply.status}")
    return _ERRORS.get(reply.status, ApiError)(
        told.detail or told.title,
        status=reply.status,
        code=code_of(told),
        faults=told.errors,
        retry_after_s=_seconds(reply.headers.get("retry-after")),
    )


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` as seconds from now: a number, or a date."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time())
    except ValueError:
        return None
