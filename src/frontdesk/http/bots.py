"""The API URL: a bot speaks of its own accord (bot protocol, «The API URL»)."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from frontdesk.actions.apply_answer import Applied
from frontdesk.actions.call_api import CallApi, Called
from frontdesk.actions.ports import Ledger, Reader, StoreUnavailable
from frontdesk.core.ids import BotId, ConversationId, Instant
from frontdesk.core.people import Bot
from frontdesk.core.rate import LIMIT, WINDOW_MS
from frontdesk.core.refusals import Refusal, TooManyCalls
from frontdesk.http.asgi import REQUEST_ID, BodyTooLarge, Headers, Receive, Scope, Send, answer, header, whole_body
from frontdesk.http.call_record import call_record, kept_headers
from frontdesk.http.caller import Callers, Failures
from frontdesk.http.problem import refuse, refuse_as
from frontdesk.protocol.api import IDEMPOTENCY_HEADER, TOKEN_HEADER
from frontdesk.protocol.faults import InvalidDocument
from frontdesk.protocol.limits import MAX_DOCUMENT_BYTES, MAX_IDEMPOTENCY_KEY_CHARS
from frontdesk.protocol.problems import problem_of as problem_of_document
from frontdesk.wire.events import Asked, read_call, write_applied
from frontdesk.wire.refusals import problem_of

#: Seconds after which a call may be sent again while the store is away.
RETRY_S = 1
_KEY = re.compile(rb"[\x20-\x7e]{1,%d}" % MAX_IDEMPOTENCY_KEY_CHARS)
#: Compared against where there is no such bot, so that an unknown one takes as long as a wrong token.
_NOBODY = "0" * 64

_log = structlog.get_logger("frontdesk.http")


class Signals(Protocol):
    """Shows what is not stored."""

    def typing(self, conversation_id: ConversationId, seconds: float) -> None:
        """Show a typing indicator."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A call whose token is valid, read whole."""

    bot: Bot
    body: bytes
    key: str | None
    started_at: Instant
    headers: tuple[tuple[str, str], ...]
    request_id: str


class BotCalls:
    """Serves `POST /api/v1/bots/{public_id}/events`."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        reader: Reader,
        signals: Signals,
        callers: Callers,
        failures: Failures,
        now: Callable[[], Instant],
        fresh_id: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._signals = signals
        self._callers = callers
        self._failures = failures
        self._now = now
        self._fresh_id = fresh_id
        #: Idempotency-Keys whose first call is still running in this process.
        self._running: set[tuple[BotId, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["method"] != "POST":
            await refuse_as(send, "method_not_allowed", headers=[("allow", "POST")])
            return
        bot = await self._admitted(scope, send)
        if bot is None:
            return
        key = header(scope, IDEMPOTENCY_HEADER)
        if key is None and any(name.lower() == IDEMPOTENCY_HEADER.encode() for name, _ in scope["headers"]):
            await refuse_as(send, "invalid_key", detail="Give one Idempotency-Key, not several.")
            return
        if key is not None and not _KEY.fullmatch(key):
            await refuse_as(send, "invalid_key")
            return
        try:
            body = await whole_body(scope, receive, limit=MAX_DOCUMENT_BYTES)
        except BodyTooLarge:
            await refuse_as(send, "too_large", headers=[("connection", "close")])
            return
        if body is not None:
            call = _Call(
                bot=bot,
                body=body,
                key=key.decode("ascii") if key else None,
                started_at=self._now(),
                headers=kept_headers(scope),
                request_id=scope.get(REQUEST_ID, ""),
            )
            await self._answered(call, send)

    async def _admitted(self, scope: Scope, send: Send) -> Bot | None:
        """Return the bot that the token belongs to, or answer 401 or 429."""
        address = self._callers.address(scope)
        wait_s = self._failures.wait_s(address)
        if wait_s > 0:
            detail = "Too many calls without a valid token came from this address."
            await refuse_as(send, "rate_limited", detail=detail, headers=[_retry_after(wait_s)])
            return None
        bot = self._reader.directory().bot_by_public_id(scope["path_params"]["public_id"])
        if _holds(bot, header(scope, TOKEN_HEADER), now=self._now()):
            return bot
        self._failures.count(address)
        await refuse_as(send, "unauthorized", headers=[("www-authenticate", "SECURITY-TOKEN")])
        return None

    async def _answered(self, call: _Call, send: Send) -> None:
        try:
            asked = read_call(call.body)
        except InvalidDocument as invalid:
            _tell(call, outcome=invalid.kind)
            await refuse(send, problem_of_document(invalid))
            return
        if not asked.events and call.key is None:
            nothing = write_applied(Applied(conversation_ids=()), ignored=asked.ignored, total=0)
            await answer(send, status=200, body=nothing)
            return
        running = (call.bot.id, call.key) if call.key is not None else None
        if running in self._running:
            await refuse_as(send, "key_in_progress", headers=[("retry-after", str(RETRY_S))])
            return
        if running is not None:
            self._running.add(running)
        try:
            await self._applied(call, asked, send)
        finally:
            if running is not None:
                self._running.discard(running)

    async def _applied(self, call: _Call, asked: Asked, send: Send) -> None:
        try:
            called = await self._ledger.run(self._command(call, asked))
        except TooManyCalls as refusal:
            wait_s = refusal.retry_after_ms / 1000
            headers = [_retry_after(wait_s), *_rate(remaining=0, reset_s=wait_s)]
            await refuse(send, problem_of(refusal), headers=headers)
        except Refusal as refusal:
            _tell(call, outcome=type(refusal).__name__)
            await refuse(send, problem_of(refusal))
        except StoreUnavailable:
            await refuse_as(send, "unavailable", headers=[("retry-after", str(RETRY_S))])
        else:
            await self._accepted(called, call, asked, send=send)

    async def _accepted(self, called: Called, call: _Call, asked: Asked, *, send: Send) -> None:
        if called.repeated is not None:
            await answer(send, status=called.repeated.status, body=called.repeated.answer)
            return
        if called.applied.typing_s > 0:
            self._signals.typing(called.applied.conversation_ids[-1], called.applied.typing_s)
        _tell(call, outcome="ok")
        body = write_applied(called.applied, ignored=asked.ignored, total=len(asked.events))
        # Without an event there is no session whose rate could be told.
        rate = _rate(remaining=called.remaining, reset_s=WINDOW_MS / 1000) if asked.events else []
        await answer(send, status=200, body=body, headers=rate)

    def _command(self, call: _Call, asked: Asked) -> CallApi:
        def written(applied: Applied) -> bytes:
            return write_applied(applied, ignored=asked.ignored, total=len(asked.events))

        return CallApi(
            bot_id=call.bot.id,
            events=asked.events,
            record=call_record(
                asked,
                record_id=self._fresh_id(),
                bot_id=call.bot.id,
                body=call.body,
                headers=call.headers,
                started_at=call.started_at,
                now=self._now(),
            ),
            key=call.key,
            body_sha256=hashlib.sha256(call.body).hexdigest(),
            answer=written,
        )


def _holds(bot: Bot | None, token: bytes | None, *, now: Instant) -> bool:
    """Tell whether the token is one of the bot's; takes as long for a bot that is not there."""
    given = hashlib.sha256(token or b"").hexdigest().encode()
    tokens = bot.tokens if bot is not None else ()
    valid = [one.sha256 for one in tokens if one.expires_at is None or one.expires_at > now]
    # No token hashes to the padding, so a bot that is not there, or has one token only, is never a match by it.
    padded = [*valid[:2], _NOBODY, _NOBODY][:2]
    found = [hmac.compare_digest(given, one.encode()) for one in padded]
    return any(found) and token is not None


def _rate(*, remaining: int, reset_s: float) -> Headers:
    return [
        ("ratelimit-limit", str(LIMIT)),
        ("ratelimit-remaining", str(remaining)),
        ("ratelimit-reset", str(math.ceil(reset_s))),
    ]


def _retry_after(seconds: float) -> tuple[str, str]:
    return "retry-after", str(max(1, math.ceil(seconds)))


def _tell(call: _Call, *, outcome: str) -> None:
    size, keyed = len(call.body), call.key is not None
    _log.info("api.called", request_id=call.request_id, bot=call.bot.id, outcome=outcome, bytes=size, key=keyed)
