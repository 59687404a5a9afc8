"""Who is in charge of a conversation: one union, never a status beside an assignee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from frontdesk.core.ids import BotId, Cid, GroupId, Instant

EndReason = Literal["bot_ended", "contact_ended", "expired", "failed"]
WaitReason = Literal["forwarded", "aborted", "failed", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithBot:
    """A chatbot's session is in charge."""

    cid: Cid
    bot_id: BotId


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Offered to the operators of a group, or to all (`group_id` None)."""

    group_id: GroupId | None
    since: Instant
    reason: WaitReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Over; the contact's next message starts another conversation."""

    at: Instant
    reason: EndReason


Charge: TypeAlias = WithBot | Waiting | Ended
