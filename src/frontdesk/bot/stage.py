"""A platform in miniature, with one session: real wire bytes, no network, no store."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from frontdesk.bot.client import Reply
from frontdesk.protocol import events, webhook
from frontdesk.protocol.answer import Decoded, DecodedEvent, decode_answer
from frontdesk.protocol.api import IDEMPOTENCY_HEADER, JSON_TYPE, PROBLEM_TYPE, EventsAccepted
from frontdesk.protocol.faults import InvalidDocument
from frontdesk.protocol.limits import MAX_CALLS_A_MINUTE
from frontdesk.protocol.problems import ProblemCode, encode_problem, problem, problem_of

Outcome = Literal["ended", "aborted", "forwarded", "expired", "taken_over", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened, as a transcript shows it."""

    who: Literal["bot", "contact", "platform"]
    text: str
    options: tuple[str, ...] = ()
    packet: events.EventPacket | None = None

    def holds(self, text: str) -> bool:
        """Whether this text is in it, or in one of its options."""
        return text in self.text or any(text in option for option in self.options)

    def __str__(self) -> str:
        buttons = "".join(f"\n           [{number}] {option}" for number, option in enumerate(self.options, 1))
        return f"{self.who:>8}  {self.text}{buttons}"


@dataclass(slots=True, kw_only=True)
class Stage:
    """The session's state as the platform would keep it."""

    now: Callable[[], float]
    contact: webhook.ContactInfo
    url: str
    approach_mode: Literal["normal", "proactive"]
    operators_online: bool
    cid: str = field(default_factory=lambda: f"chatbot::1:{secrets.token_hex(16)}")
    context: bytes = b"{}"
    outcome: Outcome | None = None
    group: int | str | None = None
    lines: list[Line] = field(default_factory=list)
    events: int = 0
    calls: list[float] = field(default_factory=list)
    answers: dict[str, tuple[bytes, Reply]] = field(default_factory=dict)

    def call(self, packet: webhook.CallPacket) -> tuple[bytes, str]:
        """The bytes of the next webhook call, and its event id."""
        self.events += 1
        event_id = f"evt_{secrets.token_hex(16)}"
        info = webhook.Info(
            cid=self.cid,
            approach_mode=self.approach_mode,
            contact=self.contact,
            context=msgspec.Raw(self.context),
            widget=webhook.WidgetInfo(id=1, key="demo", name="Demo", language="en"),
            conversation=webhook.ConversationInfo(
                id="cv_dialogue",
                status="live",
                created_at="2024-01-01T09:00:00Z",
                url=self.url,
                previous_messages=len(self.lines),
            ),
            event_id=event_id,
            seq=self.events,
            operators_online=self.operators_online,
        )
        return webhook.encode_call(webhook.WebhookCall(info=info, packet=packet)), event_id

    def apply(self, document: Decoded) -> EventsAccepted:
        """Take the events in order, through the first terminal one."""
        applied = 0
        for event in document.events:
            if self.outcome is not None:
                break
            self._take(event)
            applied += 1
        behind = [event.path for event in document.events[applied:]]
        return EventsAccepted(accepted=applied, seqs=[], ignored=[*document.ignored, *behind])

    async def __call__(self, _url: str, body: bytes, /, *, headers: Mapping[str, str]) -> Reply:
        """Answer a call of the API URL."""
        key = headers[IDEMPOTENCY_HEADER]
        if key in self.answers:
            known, reply = self.answers[key]
            return reply if known == body else _refusal("key_reused")
        self.calls = [*(at for at in self.calls if at > self.now() - 60), self.now()]
        if len(self.calls) > MAX_CALLS_A_MINUTE:
            return _refusal("rate_limited")
        reply = self._api_answer(body)
        self.answers[key] = (body, reply)
        return reply

    async def close(self) -> None:
        """Nothing to let go of."""

    def _api_answer(self, body: bytes) -> Reply:
        try:
            document = decode_answer(body, cid_required=True)
        except InvalidDocument as error:
            refused = problem_of(error)
            return Reply(status=refused.status, headers={"content-type": PROBLEM_TYPE}, body=encode_problem(refused))
        if any(event.cid != self.cid for event in document.events):
            return _refusal("unknown_cid")
        if self.outcome is not None:
            return _refusal("session_expired" if self.outcome == "expired" else "session_over")
        accepted = msgspec.json.encode(self.apply(document))
        return Reply(status=200, headers={"content-type": JSON_TYPE}, body=accepted)

    def _take(self, event: DecodedEvent) -> None:
        self.context = event.context or self.context
        packet = event.packet
        match packet:
            case events.ContactUpdateEvent(payload=payload):
                self.contact = msgspec.structs.replace(self.contact, **_given(payload))
            case events.EndEvent():
                self.outcome = "ended"
            case events.AbortEvent():
                self.outcome = "aborted"
            case events.ForwardAnyEvent():
                self.outcome = "forwarded"
            case events.ForwardGroupEvent(payload=payload):
                self.outcome, self.group = "forwarded", payload.group_id
            case _:
                pass
        self.lines.append(_line(packet))


def _line(packet: events.EventPacket) -> Line:
    text = ""
    options: tuple[str, ...] = ()
    match packet:
        case events.MessageEvent(payload=payload):
            text = payload.body
        case events.BubblesEvent(payload=payload):
            text, options = payload.body, tuple(_headline(option) for option in payload.options)
        case events.CarouselEvent(payload=payload):
            text, options = payload.body, tuple(_headline(option) for option in payload.options)
        case events.NavigateEvent(payload=payload):
            text = f"(goes to {payload.url})"
        case events.NoteEvent(payload=payload):
            text = f"(notes for operators: {payload.body})"
        case events.ForwardGroupEvent(payload=payload):
            text = f"(forwards to {payload.group_id})"
        case events.ContactUpdateEvent(payload=payload):
            text = (
                "(updates the contact: " + ", ".join(f"{key} = {value}" for key, value in _given(payload).items()) + ")"
            )
        case _:
            text = f"({packet.__struct_config__.tag})"
    return Line(who="bot", text=text, options=options, packet=packet)


def _headline(option: str | events.Bubble | events.Card) -> str:
    return option if isinstance(option, str) else option.headline


def _given(payload: events.ContactUpdatePayload) -> dict[str, Any]:
    return {key: value for key, value in msgspec.structs.asdict(payload).items() if value is not None}


def _refusal(code: ProblemCode) -> Reply:
    refused = problem(code)
    return Reply(status=refused.status, headers={"content-type": PROBLEM_TYPE}, body=encode_problem(refused))
