"""The log of one contact with the operators of one widget, and who is in charge of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from frontdesk.core.charge import Charge, Ended
from frontdesk.core.entries import Element
from frontdesk.core.ids import BotId, ContactId, ConversationId, Instant, Seq, WidgetId

ApproachMode = Literal["normal", "proactive"]
NOTHING_SEEN = Seq(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where the contact is: the page's URL as the browser gave it, and what led there."""

    url: str | None = None
    title: str | None = None
    referrer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The newest buttons that nobody clicked yet, for bots that take a typed option as the click."""

    seq: Seq
    element: Element
    headlines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation; its entries are numbered 1 … `last_seq` without a gap."""

    id: ConversationId
    widget_id: WidgetId
    contact_id: ContactId
    created_at: Instant
    charge: Charge
    last_seq: Seq
    approach_mode: ApproachMode = "normal"
    page: Page = Page()
    #: How many conversations the contact had before this one.
    previous: int = 0
    #: Whether the contact wrote or clicked; one that never did is not shown to operators (bot protocol, «Sessions»).
    spoken: bool = False
    #: Bots that were in charge here; routing never chooses one of them again (guarantee D17).
    bots: tuple[BotId, ...] = ()
    #: The newest activity of contact, bot or operator.
    active_at: Instant
    #: When a bot in charge is expired for lack of activity; None where no bot is in charge.
    expires_at: Instant | None = None
    #: The newest entry that the contact has had on screen.
    seen_seq: Seq = NOTHING_SEEN
    offered: Offered | None = None

    @property
    def live(self) -> bool:
        """Whether the conversation goes on."""
        return not isinstance(self.charge, Ended)
