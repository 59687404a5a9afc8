"""Who takes part, and how they are configured: widgets, groups, bots, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from frontdesk.core.circuit import Circuit
from frontdesk.core.ids import BotId, ContactId, ConversationId, GroupId, Instant, WidgetId

StartsOn = Literal["open", "message"]
OnFailure = Literal["handover", "next_bot", "message"]
OptInEvent = Literal["session_ended", "forward_failed", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Operators who share a kind of work."""

    id: GroupId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a widget looks. `accent` is `#rrggbb`."""

    accent: str = "#2f6f5e"
    side: Literal["left", "right"] = "right"
    title: str = ""
    welcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """A configured messenger on a website."""

    id: WidgetId
    #: Public name of the widget in the snippet and in URLs.
    key: str
    name: str
    #: BCP 47 tag of the language the widget speaks where the contact's is not known.
    language: str = "en"
    look: Look = field(default_factory=Look)
    #: `host` or `host:port`; a socket from another origin is refused.
    domains: tuple[str, ...] = ()
    groups: tuple[GroupId, ...] = ()
    #: Seconds without activity after which a session expires (*Live conversation timeout*).
    live_timeout_s: int = 1800
    starts_on: StartsOn = "open"
    #: `proactive`: the panel opens by itself, once a visit, after `proactive_after_s` seconds.
    approach_mode: Literal["normal", "proactive"] = "normal"
    proactive_after_s: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A bot's `SECURITY-TOKEN`, kept as its SHA-256 (hex) and its first characters."""

    sha256: str
    prefix: str
    created_at: Instant
    #: Set while a newer token is being rolled out; after it, this one is refused.
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """A Standard Webhooks secret, `whsec_` and base64."""

    secret: str
    created_at: Instant
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A chatbot operator of type `api`: where it is reached and what it may know."""

    id: BotId
    #: Names the bot in its API URL; random, not the number inside a `cid`.
    public_id: str
    first_name: str
    last_name: str = ""
    groups: tuple[GroupId, ...] = ()
    #: How many live conversations at once.
    slots: int = 50
    webhook_url: str
    #: Sent with every call, as given (the seed's *Webhook Headers*).
    webhook_headers: tuple[tuple[str, str], ...] = ()
    #: At most two that are valid at once.
    tokens: tuple[ApiToken, ...] = ()
    secrets: tuple[SigningSecret, ...] = ()
    #: Seconds from becoming head of the lane until the platform gives up, 1–60.
    deadline_s: int = 20
    #: May be called again after it received a request whole (bot protocol, «When a bot fails»).
    idempotent: bool = False
    on_failure: OnFailure = "handover"
    #: Line the contact reads when the bot failed; empty means the widget's own text.
    failure_line: str = ""
    #: Line the contact reads when the bot is slow; empty means the widget's own text.
    patience_line: str = ""
    #: Seconds until the patience line; 0 switches it off.
    patience_after_s: int = 8
    #: Events beyond start, message and click that this bot asked for.
    events: frozenset[OptInEvent] = frozenset()
    #: Whether `info.conversation.url` keeps its query string (guarantee P5).
    sees_page_query: bool = False
    #: Whether typing an option's text or number counts as the click.
    typed_options: bool = False
    paused: bool = False
    #: Whether it counts as offline because it kept failing. Kept by the platform, not by settings.
    circuit: Circuit = Circuit()

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person on the website, known to one widget."""

    id: ContactId
    widget_id: WidgetId
    #: SHA-256 (hex) of the token in the contact's browser, and of the one before it.
    token_sha256: str
    previous_token_sha256: str | None = None
    token_issued_at: Instant
    created_at: Instant
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
    custom_field_data: Mapping[str, str] | None = None
    #: The newest conversation, live or not.
    conversation_id: ConversationId | None = None
    #: How many conversations this contact has begun.
    conversations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The installation's configuration as one snapshot."""

    widgets: Mapping[WidgetId, Widget] = field(default_factory=dict)
    groups: Mapping[GroupId, Group] = field(default_factory=dict)
    bots: Mapping[BotId, Bot] = field(default_factory=dict)

    def widget_by_key(self, key: str) -> Widget | None:
        """Return the widget with this public key, or None."""
        return next((one for one in self.widgets.values() if one.key == key), None)

    def bot_by_public_id(self, public_id: str) -> Bot | None:
        """Return the bot whose API URL carries this id, or None."""
        return next((one for one in self.bots.values() if one.public_id == public_id), None)

    def group_named(self, name: str) -> Group | None:
        """Return the group with this name, letter case aside, or None."""
        folded = name.casefold()
        return next((one for one in self.groups.values() if one.name.casefold() == folded), None)
