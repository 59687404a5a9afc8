"""The events that a bot may trigger, in an answer or through the API URL (bot protocol, «What a bot may send»).

A struct says what may be sent and is what the schemas are made of; rules that a type cannot say are in `rules.py`,
spellings that are read besides these in `compat.py`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from frontdesk.protocol import limits
from frontdesk.protocol.webhook import RawObject

_HTTP_URL = {"format": "uri", "pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\\@/?#]+([/?#][^\s\\]*)?$"}
_HTTPS_URL = {"format": "uri", "pattern": r"^[Hh][Tt][Tt][Pp][Ss]://[^\s\\@/?#]+([/?#][^\s\\]*)?$"}

Body = Annotated[str, Meta(min_length=1, max_length=limits.MAX_BODY_CHARS)]
Fallback = Annotated[str, Meta(max_length=limits.MAX_BODY_CHARS)]
OptionText = Annotated[str, Meta(min_length=1, max_length=limits.MAX_OPTION_CHARS)]
Subheadline = Annotated[str, Meta(max_length=limits.MAX_SUBHEADLINE_CHARS)]
PageUrl = Annotated[str, Meta(min_length=1, max_length=limits.MAX_URL_CHARS, extra_json_schema=_HTTP_URL)]
MediaUrl = Annotated[str, Meta(min_length=1, max_length=limits.MAX_URL_CHARS, extra_json_schema=_HTTPS_URL)]
ContactField = Annotated[str, Meta(min_length=1, max_length=limits.MAX_FIELD_CHARS)]
EmailField = Annotated[
    str, Meta(min_length=1, max_length=limits.MAX_FIELD_CHARS, extra_json_schema={"format": "email"})
]
GroupName = Annotated[str, Meta(min_length=1, max_length=limits.MAX_FIELD_CHARS)]
GroupNumber = Annotated[int, Meta(ge=1, le=limits.MAX_INTEGER)]
Seconds = Annotated[float, Meta(ge=0, le=limits.MAX_TYPING_SECONDS)]
CidText = Annotated[str, Meta(min_length=1, max_length=limits.MAX_CID_CHARS)]


class Payload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every payload is: an object without the keys that have their default."""


class NoPayload(Payload, frozen=True):
    """Nothing."""


class MessagePayload(Payload, frozen=True, kw_only=True):
    """Text; `markdown` is drawn without HTML and without images."""

    body: Body
    format: Literal["plain", "markdown"] = "plain"


class Bubble(Payload, frozen=True, kw_only=True):
    """A button; the same as its text alone."""

    headline: OptionText


class BubblesPayload(Payload, frozen=True, kw_only=True):
    """Text and its buttons, counted from 1; `fallback` for channels without buttons."""

    body: Body
    options: Annotated[list[OptionText | Bubble], Meta(min_length=1, max_length=limits.MAX_OPTIONS)]
    fallback: Fallback | None = None


class Card(Payload, frozen=True, kw_only=True):
    """A button with an image; `media` is an https URL."""

    headline: OptionText
    subheadline: Subheadline | None = None
    media: MediaUrl | None = None


class CarouselPayload(Payload, frozen=True, kw_only=True):
    """Text and its cards, counted from 1; `fallback` for channels without cards."""

    body: Body
    fallback: Fallback | None = None
    options: Annotated[list[Card], Meta(min_length=1, max_length=limits.MAX_OPTIONS)]


class NavigatePayload(Payload, frozen=True, kw_only=True):
    """The page to go to, and the text shown where that cannot be, with `{{link}}` for the URL."""

    url: PageUrl
    fallback: Fallback | None = None


class ContactUpdatePayload(Payload, frozen=True, kw_only=True):
    """The fields to change, at least one."""

    name: ContactField | None = None
    email: EmailField | None = None
    mobile_number: ContactField | None = None


class ForwardGroupPayload(Payload, frozen=True, kw_only=True):
    """The operator group, by its number or its name."""

    group_id: GroupNumber | GroupName


class TypingPayload(Payload, frozen=True, kw_only=True):
    """How long the indicator is shown unless a message comes first."""

    seconds: Seconds = 10


class NotePayload(Payload, frozen=True, kw_only=True):
    """What operators read."""

    body: Body


class EventBase(msgspec.Struct, frozen=True, tag_field="name"):
    """What every event's packet has: a `name` and a `payload`."""


class MessageEvent(EventBase, frozen=True, tag="message"):
    """Send a message to the contact."""

    payload: MessagePayload


class BubblesEvent(EventBase, frozen=True, tag="bubbles"):
    """Send a message with buttons; one click answers it."""

    payload: BubblesPayload


class CarouselEvent(EventBase, frozen=True, tag="carousel"):
    """Send a message with cards; one click answers it."""

    payload: CarouselPayload


class NavigateEvent(EventBase, frozen=True, tag="navigate"):
    """Take the contact's browser to another page of the same host."""

    payload: NavigatePayload


class ContactUpdateEvent(EventBase, frozen=True, tag="contact_update"):
    """Change what is known about the contact."""

    payload: ContactUpdatePayload


class AbortEvent(EventBase, frozen=True, tag="abort"):
    """Leave; the conversation goes on without the bot. Ends the session."""

    payload: NoPayload = NoPayload()


class EndEvent(EventBase, frozen=True, tag="end"):
    """End the session and the conversation."""

    payload: NoPayload = NoPayload()


class ForwardGroupEvent(EventBase, frozen=True, tag="forward_group"):
    """Hand the conversation to an operator of a group. Ends the session."""

    payload: ForwardGroupPayload


class ForwardAnyEvent(EventBase, frozen=True, tag="forward_any"):
    """Hand the conversation to any available operator. Ends the session."""

    payload: NoPayload = NoPayload()


class TypingEvent(EventBase, frozen=True, tag="typing"):
    """Show that an answer is being written."""

    payload: TypingPayload = TypingPayload()


class NoteEvent(EventBase, frozen=True, tag="note"):
    """Leave an internal note that only operators see."""

    payload: NotePayload


EventPacket: TypeAlias = (
    MessageEvent
    | BubblesEvent
    | CarouselEvent
    | NavigateEvent
    | ContactUpdateEvent
    | AbortEvent
    | EndEvent
    | ForwardGroupEvent
    | ForwardAnyEvent
    | TypingEvent
    | NoteEvent
)

#: Event name → its packet type.
BY_NAME: Final[dict[str, type[EventPacket]]] = {str(one.__struct_config__.tag): one for one in get_args(EventPacket)}


class EventInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which session the event is for, and the context to keep from now on (absent: as it was)."""

    cid: CidText | None = None
    context: RawObject | UnsetType = UNSET


class BotEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a bot, as it is written on the wire."""

    info: EventInfo = EventInfo()
    packet: EventPacket
