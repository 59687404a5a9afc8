"""One attempt to bring one event to a bot's webhook, and a record of how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from frontdesk.core.attempt import Attempt, Timings
from frontdesk.core.delivery import Answered, Failed, Fault, Outcome
from frontdesk.core.ids import BotId, Cid, ConversationId, Instant
from frontdesk.core.people import Bot
from frontdesk.core.session import Head
from frontdesk.delivery.client import Client, Journey, Letter
from frontdesk.delivery.faults import REASONS, fault_of_error, fault_of_status, retry_after_ms, trace_of
from frontdesk.delivery.redact import EXCERPT, Redactor
from frontdesk.failpoints import failpoint
from frontdesk.protocol.signature import signed_headers

#: Bytes of an answer, as they come over the wire.
MAX_ANSWER = 256 * 1024
#: Seconds that an error's body may take; its status has already decided.
_ERROR_BODY_S = 1.0

USER_AGENT = "Frontdesk-Webhook/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One attempt to make: the head of a session's lane, and the bot it is for."""

    bot: Bot
    cid: Cid
    conversation_id: ConversationId
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How the attempt went; the record says the same for the delivery log."""

    outcome: Outcome
    record: Attempt
    #: What went wrong on our side, where the fault is `internal`.
    bug: Exception | None = None


@dataclass(slots=True)
class _Answer:
    """What has come back so far; an exception leaves behind what there was."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytearray = field(default_factory=bytearray)
    content_type: str = ""
    retry_after: str | None = None


class Poster:
    """Makes attempts with a guarded client.

    `now` is the clock of deadlines, `wall` the one that signatures show (the same where it is not given), `fresh_id`
    names each attempt's record.
    """

    def __init__(
        self,
        client: Client,
        *,
        now: Callable[[], Instant],
        fresh_id: Callable[[], str],
        wall: Callable[[], Instant] | None = None,
    ) -> None:
        self._client = client
        self._now = now
        self._wall = wall or now
        self._fresh_id = fresh_id
        self._redactors: dict[BotId, tuple[Bot, Redactor]] = {}

    async def post(self, call: Call) -> Exchange:
        """Send the head's bytes once, and wait for the answer until the head's deadline at the latest."""
        started_at = self._now()
        left_ms = max(0, call.head.deadline - started_at)
        headers: list[tuple[str, str]] = []
        journey, upload, answer = Journey(), aiohttp.UploadTracker(), _Answer()
        bug: Exception | None = None
        try:
            headers = _headers(call, signed_at=self._wall(), left_ms=left_ms)
            async with asyncio.timeout(left_ms / 1000):
                fault = await self._exchange(call, headers=headers, journey=journey, upload=upload, answer=answer)
        except Exception as error:  # noqa: BLE001 (whatever it is, the contact must not wait for an answer for ever)
            fault = (fault_of_status(answer.status) if answer.status else None) or fault_of_error(
                error, journey=journey
            )
            bug = None if fault else error
            fault = fault or "internal"
        outcome = _outcome(
            fault,
            answer=answer,
            bug=bug,
            received=answer.status is not None or upload.bytes_written >= len(call.head.body) > 0,
            now=self._now(),
        )
        record = self._record(
            call, started_at, headers=headers, timings=journey.timings(), answer=answer, outcome=outcome
        )
        return Exchange(outcome=outcome, record=record, bug=bug)

    def _redactor(self, bot: Bot) -> Redactor:
        """Return the one for these settings of the bot; they change seldom."""
        known = self._redactors.get(bot.id)
        if known is None or known[0] is not bot:
            static = bot.webhook_headers
            redactor = Redactor(
                names=(name for name, _ in static),
                values=(*(value for _, value in static), *(one.secret for one in bot.secrets)),
            )
            known = self._redactors[bot.id] = (bot, redactor)
        return known[1]

    async def _exchange(
        self,
        call: Call,
        *,
        headers: list[tuple[str, str]],
        journey: Journey,
        upload: aiohttp.UploadTracker,
        answer: _Answer,
    ) -> Fault | None:
        if call.head.deadline <= self._now():
            return "timeout"
        url = self._client.guard.url(call.bot.webhook_url)
        journey.follow()
        async with self._client.session(url).post(
            url,
            data=Letter(call.head.body, journey=journey),
            headers=headers,
            allow_redirects=False,
            ssl=self._client.tls,
            upload_tracker=upload,
        ) as response:
            failpoint("hook.sent")
            journey.headers = journey.so_far()
            answer.status = response.status
            answer.headers = tuple(response.headers.items())
            answer.content_type = response.headers.get("Content-Type", "")
            answer.retry_after = response.headers.get("Retry-After")
            fault = fault_of_status(response.status) or _fault_of_headers(response)
            if fault is None:
                fault = await _read_whole(response, answer)
                failpoint("hook.reply_read")
            elif fault not in {"encoding", "too_large"}:
                await _read_excerpt(response, answer)
            return fault

    def _record(
        self,
        call: Call,
        started_at: Instant,
        *,
        headers: list[tuple[str, str]],
        timings: Timings,
        answer: _Answer,
        outcome: Outcome,
    ) -> Attempt:
        redactor = self._redactor(call.bot)
        failure = outcome if isinstance(outcome, Failed) else None
        return Attempt(
            id=self._fresh_id(),
            door="webhook",
            bot_id=call.bot.id,
            cid=call.cid,
            conversation_id=call.conversation_id,
            event_id=call.head.event_id,
            packet=call.head.packet,
            number=call.head.attempt,
            started_at=started_at,
            timings=timings,
            outcome=failure.fault if failure else "ok",
            status=answer.status,
            reason=failure.reason if failure else "",
            request_headers=redactor.headers(headers),
            request_excerpt=redactor.excerpt(call.head.body),
            response_headers=redactor.headers(answer.headers),
            response_excerpt=redactor.excerpt(bytes(answer.body[: 2 * EXCERPT])),
        )


def _headers(call: Call, *, signed_at: Instant, left_ms: int) -> list[tuple[str, str]]:
    valid = [one.secret for one in call.bot.secrets if one.expires_at is None or one.expires_at > signed_at]
    signed = signed_headers(call.head.body, secrets=valid, event_id=call.head.event_id, timestamp=signed_at // 1000)
    return [
        *call.bot.webhook_headers,
        ("content-type", "application/json; charset=utf-8"),
        *((name, value) for name, value in signed.items() if value),
        ("chat-attempt", str(call.head.attempt)),
        ("chat-deadline-ms", str(left_ms)),
        ("user-agent", USER_AGENT),
        ("accept-encoding", "identity"),
    ]


def _fault_of_headers(response: aiohttp.ClientResponse) -> Fault | None:
    encodings = response.headers.getall("Content-Encoding", [])
    if any(one.strip().lower() not in {"", "identity"} for line in encodings for one in line.split(",")):
        return "encoding"
    return "too_large" if (response.content_length or 0) > MAX_ANSWER else None


async def _read_whole(response: aiohttp.ClientResponse, answer: _Answer) -> Fault | None:
    async for chunk in response.content.iter_any():
        answer.body += chunk
        if len(answer.body) > MAX_ANSWER:
            return "too_large"
    return None


async def _read_excerpt(response: aiohttp.ClientResponse, answer: _Answer) -> None:
    # The status is the answer; a body that does not come costs its excerpt only.
    try:
        async with asyncio.timeout(_ERROR_BODY_S):
            while len(answer.body) < EXCERPT and (chunk := await response.content.readany()):
                answer.body += chunk
    except (TimeoutError, aiohttp.ClientError, ConnectionError):
        return


def _outcome(fault: Fault | None, *, answer: _Answer, bug: Exception | None, received: bool, now: Instant) -> Outcome:
    if fault is None:
        return Answered(body=bytes(answer.body), content_type=answer.content_type)
    return Failed(
        fault=fault,
        received=received,
        status=answer.status,
        retry_after_ms=retry_after_ms(answer.retry_after, now=now),
        reason=trace_of(bug) if bug else REASONS.get(fault) or f"The bot answered with status {answer.status}.",
    )
