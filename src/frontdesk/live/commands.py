"""What a contact's frames mean as commands."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from frontdesk.actions.click import Click
from frontdesk.actions.end_conversation import EndConversation
from frontdesk.actions.leave_email import LeaveEmail
from frontdesk.actions.open_panel import OpenPanel
from frontdesk.actions.say import Say
from frontdesk.actions.settle_navigation import SettleNavigation
from frontdesk.actions.threads import Receipt
from frontdesk.core.conversation import Page
from frontdesk.core.ids import ContactId, ConversationId, MessageId, Seq
from frontdesk.protocol import widget as frames
from frontdesk.protocol.contact_frames import decode_contact_frame
from frontdesk.protocol.faults import InvalidDocument

MessageCommand: TypeAlias = OpenPanel | Say | Click | SettleNavigation | LeaveEmail | EndConversation
MessageFrame: TypeAlias = (
    frames.Open | frames.Say | frames.ClickOption | frames.SettleNavigation | frames.LeaveEmail | frames.EndConversation
)

#: Chosen by the browser; a UUID fits.
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_LOCALE = re.compile(r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,5}")
#: What a page's URL, title or referrer is cut to.
MAX_PAGE_TEXT = 2048


class FrameMalformed(Exception):
    """The frame is JSON, and not a frame that this protocol knows."""

    def __init__(self, detail: str, *, message_id: str | None) -> None:
        super().__init__(detail)
        self.message_id = message_id


class NotJson(Exception):
    """The frame is not JSON at all."""


def decode(text: str) -> frames.ContactFrame:
    """Return the frame. Raises NotJson or FrameMalformed."""
    try:
        frame = decode_contact_frame(text.encode("utf-8", "surrogatepass"))
    except InvalidDocument as invalid:
        first = invalid.errors[0]
        raise FrameMalformed(f"{first.path}: {first.message}", message_id=_message_id(text)) from None
    message_id = getattr(frame, "message_id", None)
    if message_id is not None and not _MESSAGE_ID.fullmatch(message_id):
        raise FrameMalformed("`message_id` takes 1 to 64 letters, digits and _ . : -", message_id=None)
    return frame


def command(frame: MessageFrame, *, contact_id: ContactId, page: Page) -> MessageCommand:
    """Return what the frame asks for, done by this contact on this page."""
    message_id = MessageId(frame.message_id)
    match frame:
        case frames.Open(mode=mode):
            return OpenPanel(contact_id=contact_id, message_id=message_id, mode=mode, page=page)
        case frames.Say(body=body):
            return Say(contact_id=contact_id, message_id=message_id, body=body, page=page)
        case frames.ClickOption(conversation=conversation, seq=seq, option=option):
            return Click(
                contact_id=contact_id,
                conversation_id=ConversationId(conversation),
                message_id=message_id,
                seq=Seq(seq),
                option=option,
            )
        case frames.SettleNavigation(conversation=conversation, seq=seq, followed=followed):
            return SettleNavigation(
                contact_id=contact_id,
                conversation_id=ConversationId(conversation),
                message_id=message_id,
                seq=Seq(seq),
                followed=followed,
            )
        case frames.LeaveEmail(email=email):
            return LeaveEmail(contact_id=contact_id, message_id=message_id, email=email)
        case frames.EndConversation(conversation=conversation):
            return EndConversation(
                contact_id=contact_id, conversation_id=ConversationId(conversation), message_id=message_id
            )


def locale_of(hello: frames.Hello) -> str | None:
    """Return the browser's language tag, or None where it sent none that can be one."""
    return hello.locale if hello.locale and _LOCALE.fullmatch(hello.locale) else None


def page_of(view: frames.PageView) -> Page:
    """Return the page as it is stored; over-long texts are cut."""
    return Page(
        url=view.url[:MAX_PAGE_TEXT] or None,
        title=view.title[:MAX_PAGE_TEXT] if view.title else None,
        referrer=view.referrer[:MAX_PAGE_TEXT] if view.referrer else None,
    )


def ack(frame: MessageFrame, receipt: Receipt) -> frames.Ack:
    """Return the answer to a command that is durable."""
    return frames.Ack(message_id=frame.message_id, conversation=receipt.conversation_id, seq=receipt.seq)


def _message_id(text: str) -> str | None:
    """Return the id of a command that cannot be read otherwise. Raises NotJson."""
    try:
        # The standard reader takes what the profile refuses, half characters among it, and so finds the id there too.
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NotJson from None
    found = document.get("message_id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and _MESSAGE_ID.fullmatch(found) else None
