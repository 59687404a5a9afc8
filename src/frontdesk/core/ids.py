"""The kinds of identifier, so that mypy tells one from another."""

from __future__ import annotations

from typing import NewType

#: A point in time: whole milliseconds since 1970-01-01T00:00:00Z.
Instant = NewType("Instant", int)

WidgetId = NewType("WidgetId", int)
GroupId = NewType("GroupId", int)
#: Also the number inside a `cid`.
BotId = NewType("BotId", int)

#: 128 random bits as `ct_` and 32 hex digits.
ContactId = NewType("ContactId", str)
#: 128 random bits as `cv_` and 32 hex digits.
ConversationId = NewType("ConversationId", str)
#: `chatbot::<bot id>:<32 hex digits>` (bot protocol, «What Frontdesk sends»).
Cid = NewType("Cid", str)
#: `evt_` and 32 hex digits; equals the `webhook-id` header.
EventId = NewType("EventId", str)
#: Chosen by the contact's browser; unique for one contact.
MessageId = NewType("MessageId", str)
#: Position of an entry in its conversation: 1, 2, 3 …
Seq = NewType("Seq", int)
