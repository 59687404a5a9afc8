"""Wire to core, from bots: what an answer or an API call asks for (bot protocol, «What Frontdesk sends»)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import msgspec

from frontdesk.actions.apply_answer import Applied
from frontdesk.core.bot_events import Abort, BotEvent, End, Forward, Request, Show, Type, UpdateContact
from frontdesk.core.delivery import Failed
from frontdesk.core.entries import Bubbles, Card, Carousel, Message, Navigate, Note
from frontdesk.core.ids import Cid
from frontdesk.protocol import events as wire
from frontdesk.protocol.answer import Decoded, decode_answer
from frontdesk.protocol.api import EventsAccepted
from frontdesk.protocol.faults import InvalidDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a valid document asks for."""

    events: tuple[BotEvent, ...]
    #: Paths of keys that the platform does not know.
    ignored: tuple[str, ...] = ()


def read_answer(body: bytes, *, cid: Cid) -> Asked | Failed:
    """Read a webhook's 2xx answer; a document at fault is the bot's failure, with the first fault's path."""
    try:
        return _asked(decode_answer(body, cid_required=False, cid=cid), cid=cid)
    except InvalidDocument as invalid:
        first = invalid.errors[0]
        more = f" (and {len(invalid.errors) - 1} more)" if len(invalid.errors) > 1 else ""
        return Failed(fault=invalid.kind, received=True, reason=f"{first.message}{more}", path=first.path)


def read_call(body: bytes) -> Asked:
    """Read the body of an API call. Raises InvalidDocument with every fault."""
    return _asked(decode_answer(body, cid_required=True), cid=None)


def write_applied(applied: Applied, *, ignored: tuple[str, ...], total: int) -> bytes:
    """Write the 200 answer to an API call of `total` events."""
    accepted = EventsAccepted(
        accepted=total - len(applied.ignored), seqs=list(applied.seqs), ignored=[*ignored, *applied.ignored]
    )
    return msgspec.json.encode(accepted)


def _asked(decoded: Decoded, *, cid: Cid | None) -> Asked:
    events = tuple(
        BotEvent(cid=Cid(one.cid or cid or ""), request=_request(one.packet), context=one.context, path=one.path)
        for one in decoded.events
    )
    return Asked(events=events, ignored=decoded.ignored)


def _request(packet: wire.EventPacket) -> Request:
    match packet:
        case wire.MessageEvent() | wire.BubblesEvent() | wire.CarouselEvent() | wire.NavigateEvent() | wire.NoteEvent():
            return Show(content=_content(packet))
        case wire.ContactUpdateEvent(payload=fields):
            return UpdateContact(name=fields.name, email=fields.email, mobile_number=fields.mobile_number)
        case wire.TypingEvent(payload=typing):
            return Type(seconds=typing.seconds)
        case wire.AbortEvent():
            return Abort()
        case wire.EndEvent():
            return End()
        case wire.ForwardGroupEvent(payload=forward):
            return Forward(group=forward.group_id)
        case wire.ForwardAnyEvent():
            return Forward()
        case _ as unknown:
            assert_never(unknown)


def _content(
    packet: wire.MessageEvent | wire.BubblesEvent | wire.CarouselEvent | wire.NavigateEvent | wire.NoteEvent,
) -> Message | Bubbles | Carousel | Navigate | Note:
    match packet:
        case wire.MessageEvent(payload=text):
            return Message(body=text.body, format=text.format)
        case wire.BubblesEvent(payload=bubbles):
            options = tuple(one if isinstance(one, str) else one.headline for one in bubbles.options)
            return Bubbles(body=bubbles.body, options=options, fallback=bubbles.fallback)
        case wire.CarouselEvent(payload=carousel):
            cards = tuple(
                Card(headline=one.headline, subheadline=one.subheadline, media=one.media) for one in carousel.options
            )
            return Carousel(body=carousel.body, options=cards, fallback=carousel.fallback)
        case wire.NavigateEvent(payload=navigate):
            return Navigate(url=navigate.url, fallback=navigate.fallback)
        case wire.NoteEvent(payload=note):
            return Note(body=note.body)
        case _ as unknown:
            assert_never(unknown)
