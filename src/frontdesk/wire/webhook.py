"""Core to wire, towards bots: the body of a webhook call (bot protocol, «What Frontdesk sends»)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

import msgspec

from frontdesk.core.charge import Charge, Ended, Waiting, WithBot
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import Click, Message
from frontdesk.core.given import Draft
from frontdesk.core.ids import Instant
from frontdesk.core.people import Contact
from frontdesk.protocol.webhook import (
    CallPacket,
    ClickPacket,
    ClickPayload,
    ContactInfo,
    ConversationInfo,
    ForwardFailedPacket,
    ForwardFailedPayload,
    Info,
    MessagePacket,
    SessionEndedPacket,
    SessionEndedPayload,
    StartPacket,
    TextPayload,
    WebhookCall,
    WidgetInfo,
    encode_call,
)


class WireScribe:
    """Writes webhook bodies in the words of the wire."""

    def body(self, draft: Draft) -> bytes:
        """Return the JSON document; it says no more of the contact than the contract names (guarantee P5)."""
        info = Info(
            cid=draft.session.cid,
            approach_mode=draft.conversation.approach_mode,
            contact=_contact(draft.contact, is_new=draft.conversation.previous == 0),
            context=msgspec.Raw(draft.session.context),
            widget=WidgetInfo(
                id=draft.widget.id, key=draft.widget.key, name=draft.widget.name, language=draft.widget.language
            ),
            conversation=_conversation(draft),
            event_id=draft.event_id,
            seq=draft.seq,
            operators_online=draft.operators_online,
        )
        return encode_call(WebhookCall(info=info, packet=_packet(draft)))


def _packet(draft: Draft) -> CallPacket:
    content = draft.entry.content
    match draft.packet:
        case "start":
            return StartPacket()
        case "message" if isinstance(content, Message):
            return MessagePacket(payload=TextPayload(body=content.body))
        case "click" if isinstance(content, Click):
            payload = ClickPayload(
                option=content.option,
                headline=content.headline,
                element=content.element,
                seq=draft.entry.answers or 0,
            )
            return ClickPacket(payload=payload)
        case "session_ended" if draft.session.closed is not None:
            return SessionEndedPacket(payload=SessionEndedPayload(reason=draft.session.closed.reason))
        case "forward_failed":
            return ForwardFailedPacket(payload=ForwardFailedPayload(group_id=_waiting_group(draft)))
        case _:
            raise AssertionError(f"entry {draft.entry.seq} cannot be a {draft.packet} packet")


def _waiting_group(draft: Draft) -> int | None:
    charge = draft.conversation.charge
    return charge.group_id if isinstance(charge, Waiting) else None


def _contact(contact: Contact, *, is_new: bool) -> ContactInfo:
    return ContactInfo(
        id=contact.id,
        name=contact.name,
        email=contact.email,
        mobile_number=contact.mobile_number,
        phone_number=contact.phone_number,
        company=contact.company,
        external_customer_id=contact.external_customer_id,
        city=contact.city,
        street=contact.street,
        country=contact.country,
        salutation=contact.salutation,
        gender=contact.gender,
        locale=contact.locale,
        custom_field_data=None if contact.custom_field_data is None else dict(contact.custom_field_data),
        is_new=is_new,
    )


def _conversation(draft: Draft) -> ConversationInfo:
    conversation = draft.conversation
    return ConversationInfo(
        id=conversation.id,
        status=_status(conversation.charge),
        created_at=_rfc3339(conversation.created_at),
        url=_page_url(conversation, with_query=draft.bot.sees_page_query),
        referrer=None if conversation.page.referrer is None else _without_query(conversation.page.referrer),
        previous_messages=draft.entry.seq - 1,
    )


def _status(charge: Charge) -> str:
    match charge:
        case WithBot():
            return "with_bot"
        case Waiting():
            return "waiting"
        case Ended():
            return "ended"
        case _ as unknown:
            assert_never(unknown)


def _page_url(conversation: Conversation, *, with_query: bool) -> str | None:
    url = conversation.page.url
    return url if url is None or with_query else _without_query(url)


def _without_query(url: str) -> str:
    """Cut a URL before its query and fragment, which may hold what the contact did not mean to tell."""
    return url.split("#", 1)[0].split("?", 1)[0]


def _rfc3339(at: Instant) -> str:
    moment = datetime.fromtimestamp(at / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
