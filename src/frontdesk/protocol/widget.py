"""The frames between a widget and the platform: JSON text over one WebSocket.

The socket is opened at `/widget/socket?key=<widget key>`. The first frame is `hello`; within 15 s, or the socket is
closed with 4001. Every other frame of a contact that changes something carries `message_id`, chosen by the browser;
it is answered by one `ack` or one `refused` with that id, and sending it again has no second effect.
"""

from __future__ import annotations

from typing import Literal

import msgspec

# ---------------------------------------------------------------- entries as the contact sees them


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote an entry; `name` is set for a bot and later for a human operator."""

    kind: Literal["contact", "bot", "operator", "system"]
    name: str | None = None


class EntryBase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What every entry carries. `at` is milliseconds since 1970 UTC."""

    seq: int
    at: int
    author: Author
    #: The contact's own id of the message or click.
    message_id: str | None = None


class MessageEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="message"):
    """Text. `format` is `plain` or `markdown`."""

    body: str
    format: Literal["plain", "markdown"] = "plain"


class BubblesEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="bubbles"):
    """Text with buttons, counted from 1. Only the newest conversation's live session takes clicks."""

    body: str
    options: list[str]


class CardView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One card. `media` is a path on the platform's own origin."""

    headline: str
    subheadline: str | None = None
    media: str | None = None


class CarouselEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="carousel"):
    """Text with cards, counted from 1."""

    body: str
    options: list[CardView]


class ClickEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="click"):
    """Option `option` of entry `of` was chosen; that entry's buttons rest from now on."""

    of: int
    option: int
    headline: str


class NavigateEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="navigate"):
    """Go to `url` where its host is the page's, else show `fallback` with `{{link}}` replaced."""

    url: str
    fallback: str | None = None


class NavigatedEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="navigated"):
    """Entry `of` is settled: a tab went there (`followed`), or the fallback stands."""

    of: int
    followed: bool


class JoinedEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="joined"):
    """The author took over the conversation."""


class QueuedEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="queued"):
    """Nobody is in charge now; the widget says so and offers to leave an e-mail address."""

    reason: Literal["forwarded", "aborted", "failed", "nobody"]


class NoticeEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="notice"):
    """A line by the platform; without `text` the widget's own words for `code`."""

    code: Literal["patience", "failed", "waiting", "email_left"]
    text: str | None = None


class EndedEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="ended"):
    """The conversation is over; the next message starts another."""

    reason: Literal["bot_ended", "contact_ended", "expired", "failed"]


class HiddenEntry(EntryBase, frozen=True, kw_only=True, omit_defaults=True, tag="hidden"):
    """A place in the log that is not for the contact; it keeps the numbers without a gap."""


WidgetEntry = (
    MessageEntry
    | BubblesEntry
    | CarouselEntry
    | ClickEntry
    | NavigateEntry
    | NavigatedEntry
    | JoinedEntry
    | QueuedEntry
    | NoticeEntry
    | EndedEntry
    | HiddenEntry
)

# ---------------------------------------------------------------- contact → platform


class PageView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The page the contact is on."""

    url: str
    title: str | None = None
    referrer: str | None = None


class Hello(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="hello"):
    """Who is there. `conversation` and `after` name the newest entry the browser already has, `epoch` whose log it is.

    Without the `epoch` of the newest `welcome`, or with another one, what the browser has counts as nothing.
    """

    token: str | None = None
    page: PageView
    locale: str | None = None
    conversation: str | None = None
    after: int = 0
    epoch: str | None = None


class Open(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="open"):
    """The panel was opened, by the contact or (`proactive`) by itself."""

    message_id: str
    mode: Literal["normal", "proactive"] = "normal"


class Say(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="say"):
    """The contact wrote `body` (1–10,000 characters)."""

    message_id: str
    body: str


class ClickOption(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="click"):
    """The contact chose option `option` (from 1) of entry `seq` of `conversation`."""

    message_id: str
    conversation: str
    seq: int
    option: int


class SettleNavigation(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="settle_navigation"):
    """This tab asks to settle navigate entry `seq`; only the tab that is acknowledged may act."""

    message_id: str
    conversation: str
    seq: int
    followed: bool


class LeaveEmail(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="leave_email"):
    """The contact leaves an address to be answered at."""

    message_id: str
    email: str


class EndConversation(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="end"):
    """The contact ends the conversation."""

    message_id: str
    conversation: str


class Seen(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="seen"):
    """Everything up to entry `seq` has been on screen. Not acknowledged."""

    conversation: str
    seq: int


class PageChanged(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="page"):
    """The contact went to another page without a reload. Not acknowledged."""

    page: PageView


class Earlier(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="earlier"):
    """Ask for entries before `before`; answered by `history`."""

    conversation: str
    before: int


class Ping(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ping"):
    """Is anybody there? Answered by `pong`."""


ContactFrame = (
    Hello
    | Open
    | Say
    | ClickOption
    | SettleNavigation
    | LeaveEmail
    | EndConversation
    | Seen
    | PageChanged
    | Earlier
    | Ping
)

# ---------------------------------------------------------------- platform → contact


class WidgetLook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the widget looks and behaves."""

    name: str
    language: str
    accent: str
    side: Literal["left", "right"]
    title: str = ""
    welcome: str = ""
    approach_mode: Literal["normal", "proactive"] = "normal"
    proactive_after_s: int = 10


class ConversationView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conversation as its contact sees it. `last_seq` is the newest entry that exists."""

    id: str
    last_seq: int
    seen_seq: int = 0


class Welcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="welcome"):
    """The answer to `hello`: everything needed to draw, read at one moment.

    `token` replaces the browser's own. `resumed` true: `entries` are all those after the browser's `after`, and
    continue what it has. False: drop what is shown for this widget and draw `entries` (the newest 100). `epoch` names
    the log that they are of; it is another one after a backup was restored.
    """

    token: str
    epoch: str
    widget: WidgetLook
    conversation: ConversationView | None = None
    resumed: bool = False
    entries: list[WidgetEntry] = []
    #: An address is on file, so the offer to leave one need not be made.
    email_known: bool = False


class Entries(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="entries"):
    """New entries, in order. A hole before the first one means: say hello again."""

    conversation: str
    entries: list[WidgetEntry]


class History(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="history"):
    """Older entries, in order; fewer than 100 means that the log begins here."""

    conversation: str
    before: int
    entries: list[WidgetEntry]


class Ack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="ack"):
    """The command `message_id` is durable; `seq` is its entry, where it made one."""

    message_id: str
    conversation: str | None = None
    seq: int | None = None


class Refused(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="refused"):
    """The command `message_id` has no effect. `retry_after_ms` set: send the same again after that time."""

    message_id: str | None = None
    code: str
    detail: str
    retry_after_ms: int | None = None


class Typing(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="typing"):
    """The other side is typing for `seconds` from now, or until its next message; 0 ends it. Never stored."""

    conversation: str
    seconds: float


class Pong(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="pong"):
    """Yes."""


PlatformFrame = Welcome | Entries | History | Ack | Refused | Typing | Pong

#: Close codes of the socket beyond the standard ones.
CLOSE_NO_HELLO = 4001
CLOSE_MALFORMED = 4002
CLOSE_FLOOD = 4003
CLOSE_SLOW = 4008
CLOSE_FORGOTTEN = 4010
