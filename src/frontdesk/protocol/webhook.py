"""The call to a bot's webhook: what happened (`packet`) and in which conversation (`info`), bot protocol, «What Frontdesk sends».

The order of the fields is the order of the keys on the wire. Fields that are additions of this platform have
defaults, so that a call recorded elsewhere can be read too.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

#: A JSON object kept as its bytes.
RawObject = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object"})]


class ContactInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The person the bot talks to; null where unknown. `is_new`: this is the contact's first conversation."""

    id: str
    name: str | None = None
    email: str | None = None
    mobile_number: str | None = None
    phone_number: str | None = None
    company: str | None = None
    external_customer_id: str | None = None
    city: str | None = None
    street: str | None = None
    country: str | None = None
    salutation: str | None = None
    gender: str | None = None
    locale: str | None = None
    custom_field_data: dict[str, str] | None = None
    is_new: bool = False


class WidgetInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The widget the contact writes in. `language` is a BCP 47 tag."""

    id: int
    key: str
    name: str
    language: str


class ConversationInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation. `created_at` is RFC 3339 in UTC; `previous_messages` counts the entries before this event."""

    id: str
    status: str
    created_at: str
    #: Page the contact is on; without its query string unless the bot's settings allow it.
    url: str | None = None
    referrer: str | None = None
    previous_messages: int = 0


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """Who, where, and the session's context as the bot last set it (`{}` at first)."""

    cid: str
    approach_mode: Literal["normal", "proactive"]
    contact: ContactInfo
    context: RawObject
    widget: WidgetInfo
    conversation: ConversationInfo
    #: The same for every attempt of one event; equals the header `webhook-id`.
    event_id: str = ""
    #: Position of the event in its session, from 1, without gaps.
    seq: int = 0
    #: Whether a human could take this conversation now.
    operators_online: bool = False


class WebhookPacket(msgspec.Struct, frozen=True, tag_field="name"):
    """What every packet to a bot has: a `name` and a `payload`."""


class StartPayload(msgspec.Struct, frozen=True):
    """Nothing."""


class StartPacket(WebhookPacket, frozen=True, tag="start"):
    """The session begins; the bot may speak first."""

    payload: StartPayload = StartPayload()


class TextPayload(msgspec.Struct, frozen=True):
    """What the contact wrote."""

    body: str


class MessagePacket(WebhookPacket, frozen=True, tag="message"):
    """The contact wrote a message."""

    payload: TextPayload


class ClickPayload(msgspec.Struct, frozen=True, kw_only=True):
    """Option `option`, counted from 1, of the bubbles or carousel that is entry `seq`."""

    option: int
    headline: str = ""
    element: Literal["bubbles", "carousel"] = "bubbles"
    seq: int = 0


class ClickPacket(WebhookPacket, frozen=True, tag="click"):
    """The contact clicked a bubble or a card."""

    payload: ClickPayload


class SessionEndedPayload(msgspec.Struct, frozen=True):
    """Why the session is over."""

    reason: Literal["ended", "expired", "taken_over", "forwarded", "failed"]


class SessionEndedPacket(WebhookPacket, frozen=True, tag="session_ended"):
    """The session is over; sent to bots that asked for it. An answer has no effect."""

    payload: SessionEndedPayload


class ForwardFailedPayload(msgspec.Struct, frozen=True):
    """The group that had nobody; null where any operator would have done."""

    group_id: int | None


class ForwardFailedPacket(WebhookPacket, frozen=True, tag="forward_failed"):
    """Nobody took the forwarded conversation; sent to bots that asked for it."""

    payload: ForwardFailedPayload


class FilePayload(msgspec.Struct, frozen=True, kw_only=True):
    """A file of `size` bytes, to be fetched at `url`."""

    url: str
    filename: str
    media_type: str
    size: int


class FilePacket(WebhookPacket, frozen=True, tag="file"):
    """The contact sent a file; sent to bots that asked for it."""

    payload: FilePayload


CallPacket: TypeAlias = (
    StartPacket | MessagePacket | ClickPacket | SessionEndedPacket | ForwardFailedPacket | FilePacket
)


class WebhookCall(msgspec.Struct, frozen=True):
    """The body of one call to a bot's webhook."""

    info: Info
    packet: CallPacket


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(WebhookCall)


def encode_call(call: WebhookCall) -> bytes:
    """Write a call as the bytes that are sent."""
    return _ENCODER.encode(call)


def decode_call(raw: bytes) -> WebhookCall:
    """Read a call; raises msgspec.MsgspecError (a ValueError) where it is none."""
    return _DECODER.decode(raw)
