"""Every refusal the rules know; `wire` maps each to a status and a code, in one table.

Refusal
├── NotFound: UnknownWidget, UnknownContact, UnknownCid, UnknownEntry, UnknownBot
├── NotInCharge: SessionOver, SessionExpired
├── Malformed: UnknownGroup, UnknownOption, TextEmpty, TextTooLong, FieldInvalid
├── AlreadySettled, Fenced, ConversationOver, Outdated
├── TooManyCalls
└── KeyReused
"""

from __future__ import annotations

from frontdesk.core.change import NOTHING, Change


class Refusal(Exception):
    """The rules say no. `change` is saved all the same (a refused API call counts and is logged)."""

    def __init__(self, detail: str = "", *, path: str | None = None, change: Change = NOTHING) -> None:
        super().__init__(detail or (type(self).__doc__ or "").split("\n", 1)[0])
        #: One sentence for the caller.
        self.detail = str(self)
        #: Where in the request the fault is, as `$[0].packet.payload.body`.
        self.path = path
        self.change = change


class NotFound(Refusal):
    """There is no such thing, or it is not yours."""


class UnknownWidget(NotFound):
    """No widget has this key."""


class UnknownContact(NotFound):
    """No contact of this widget has this token."""


class UnknownCid(NotFound):
    """This bot has no session with this cid."""


class UnknownEntry(NotFound):
    """The conversation has no such entry."""


class UnknownBot(NotFound):
    """There is no such bot."""


class NotInCharge(Refusal):
    """The session is not in charge of the conversation."""


class SessionOver(NotInCharge):
    """The session is over; nothing was shown to the contact."""


class SessionExpired(NotInCharge):
    """The session expired for lack of activity and cannot be resumed."""


class Malformed(Refusal):
    """The request breaks a rule that only the stored state can tell."""


class UnknownGroup(Malformed):
    """There is no group with this id or name."""


class UnknownOption(Malformed):
    """The entry has no such option."""


class TextEmpty(Malformed):
    """The text is empty."""


class TextTooLong(Malformed):
    """The text is longer than 10,000 characters."""


class FieldInvalid(Malformed):
    """A field of the contact is not valid."""


class AlreadySettled(Refusal):
    """Somebody was first: the buttons were clicked, or the navigation was claimed."""


class ConversationOver(Refusal):
    """The conversation is over; a new message starts another one."""


class Fenced(Refusal):
    """Another attempt holds the lane; this one's answer has no effect."""


class Outdated(Refusal):
    """Somebody changed this since it was read; read it again and repeat the change."""


class TooManyCalls(Refusal):
    """More than 20 requests with this cid within 60 seconds."""

    def __init__(self, *, retry_after_ms: int, change: Change = NOTHING) -> None:
        super().__init__(change=change)
        self.retry_after_ms = retry_after_ms


class KeyReused(Refusal):
    """This Idempotency-Key was used with another body."""
