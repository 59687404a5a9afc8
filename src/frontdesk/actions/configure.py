"""The installation's configuration: widgets, groups, bots, their tokens and secrets."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision, Footprint, Fresh
from frontdesk.core.change import Change
from frontdesk.core.configuration import check_bot, check_group, check_widget
from frontdesk.core.ids import BotId, GroupId, Instant, WidgetId
from frontdesk.core.people import ApiToken, Bot, Group, SigningSecret, Widget
from frontdesk.core.refusals import FieldInvalid, Outdated, UnknownBot, UnknownWidget
from frontdesk.core.replacing import replace

#: How long an old token or secret stays valid beside the new one, unless said otherwise.
OVERLAP_S = 24 * 3600
#: A pasted token has at least so many characters (bot protocol, «The API URL»).
MIN_TOKEN = 32


class Configuring:
    """A command on the configuration: it reads and changes no conversation."""

    @property
    def footprint(self) -> Footprint:
        """Nothing but the configuration, which every command has."""
        return Footprint()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGroup(Configuring):
    """Add an operator group."""

    name: str

    def decide(self, case: Case) -> Decision[Group]:
        """Return the group. Raises FieldInvalid."""
        group = Group(id=GroupId(_next_id(case.state.directory.groups)), name=self.name.strip())
        check_group(group, case.state.directory)
        return Decision(Change(groups=(group,)), group)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWidget(Configuring):
    """Add a widget; its id and key are given to it here."""

    widget: Widget

    def decide(self, case: Case) -> Decision[Widget]:
        """Return the widget. Raises FieldInvalid or UnknownGroup."""
        widget_id = WidgetId(_next_id(case.state.directory.widgets))
        widget = replace(self.widget, id=widget_id, key=self.widget.key or f"wk_{case.fresh.hex()[:20]}")
        check_widget(widget, case.state.directory)
        if case.state.directory.widget_by_key(widget.key) is not None:
            raise FieldInvalid(f"there is a widget with the key {widget.key!r} already", path="key")
        return Decision(Change(widgets=(widget,)), widget)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveWidget(Configuring):
    """Save a widget's new settings over those that the editor saw."""

    before: Widget
    after: Widget

    def decide(self, case: Case) -> Decision[Widget]:
        """Return the widget. Raises UnknownWidget, FieldInvalid, UnknownGroup, or Outdated where it changed since."""
        stored = case.state.directory.widgets.get(self.before.id)
        if stored is None:
            raise UnknownWidget
        if stored != self.before:
            raise Outdated
        after = replace(self.after, id=stored.id, key=stored.key)
        check_widget(after, case.state.directory)
        return Decision(Change(widgets=(after,)), after)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBot:
    """A bot just added, with what is shown once: its API token and its signing secret."""

    bot: Bot
    token: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddBot(Configuring):
    """Add a chatbot; its id, public id, first token and signing secret are given to it here."""

    bot: Bot
    #: Pasted by the administrator, or None for a generated one.
    token: str | None = None

    def decide(self, case: Case) -> Decision[NewBot]:
        """Return the bot with its secrets. Raises FieldInvalid or UnknownGroup."""
        token = _checked_token(self.token) if self.token else _new_token(case.fresh)
        secret = _new_secret(case.fresh)
        bot = replace(
            self.bot,
            id=BotId(_next_id(case.state.directory.bots)),
            public_id=case.fresh.hex(),
            tokens=(_stored_token(token, now=case.now),),
            secrets=(SigningSecret(secret=secret, created_at=case.now),),
        )
        check_bot(bot, case.state.directory)
        return Decision(Change(bots=(bot,)), NewBot(bot=bot, token=token, secret=secret))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveBot(Configuring):
    """Save a bot's new settings over those that the editor saw; tokens and secrets have commands of their own."""

    before: Bot
    after: Bot

    def decide(self, case: Case) -> Decision[Bot]:
        """Return the bot. Raises UnknownBot, FieldInvalid, UnknownGroup, or Outdated where it changed since."""
        stored = _bot(case, self.before.id)
        if stored != self.before:
            raise Outdated
        after = replace(
            self.after, id=stored.id, public_id=stored.public_id, tokens=stored.tokens, secrets=stored.secrets
        )
        check_bot(after, case.state.directory)
        return Decision(Change(bots=(after,)), after)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken(Configuring):
    """Give a bot a new API token; the newest old one stays valid for the overlap (guarantee B14)."""

    bot_id: BotId
    #: Pasted by the administrator, or None for a generated one.
    token: str | None = None
    #: Seconds, 0 to 7 days.
    overlap_s: int = OVERLAP_S

    def decide(self, case: Case) -> Decision[str]:
        """Return the token, which is never shown again. Raises UnknownBot or FieldInvalid."""
        bot = _bot(case, self.bot_id)
        _check_overlap(self.overlap_s)
        token = _checked_token(self.token) if self.token else _new_token(case.fresh)
        ends = Instant(case.now + self.overlap_s * 1000)
        old = [one for one in bot.tokens if one.expires_at is None or one.expires_at > case.now][:1]
        kept = [replace(one, expires_at=ends) for one in old if self.overlap_s > 0]
        after = replace(bot, tokens=(_stored_token(token, now=case.now), *kept))
        return Decision(Change(bots=(after,)), token)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSecret(Configuring):
    """Give a bot a new signing secret; calls carry both signatures during the overlap."""

    bot_id: BotId
    #: Seconds, 0 to 7 days.
    overlap_s: int = OVERLAP_S

    def decide(self, case: Case) -> Decision[str]:
        """Return the secret. Raises UnknownBot or FieldInvalid."""
        bot = _bot(case, self.bot_id)
        _check_overlap(self.overlap_s)
        secret = _new_secret(case.fresh)
        ends = Instant(case.now + self.overlap_s * 1000)
        old = [one for one in bot.secrets if one.expires_at is None or one.expires_at > case.now][:1]
        kept = [replace(one, expires_at=ends) for one in old if self.overlap_s > 0]
        after = replace(bot, secrets=(SigningSecret(secret=secret, created_at=case.now), *kept))
        return Decision(Change(bots=(after,)), secret)


def token_sha256(token: str) -> str:
    """Return the hash under which a token is stored and looked up, as hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _bot(case: Case, bot_id: BotId) -> Bot:
    bot = case.state.directory.bots.get(bot_id)
    if bot is None:
        raise UnknownBot
    return bot


def _next_id(existing: Mapping[WidgetId, object] | Mapping[GroupId, object] | Mapping[BotId, object]) -> int:
    return max(existing, default=0) + 1


def _new_token(fresh: Fresh) -> str:
    return f"fdt_{fresh.hex()}{fresh.hex()}"


def _new_secret(fresh: Fresh) -> str:
    return "whsec_" + base64.b64encode(bytes.fromhex(fresh.hex() + fresh.hex())).decode("ascii")


def _stored_token(token: str, *, now: Instant) -> ApiToken:
    return ApiToken(sha256=token_sha256(token), prefix=token[:8], created_at=now)


def _checked_token(token: str) -> str:
    if len(token) < MIN_TOKEN:
        raise FieldInvalid(f"the token has {len(token)} characters; expected at least {MIN_TOKEN}", path="token")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise FieldInvalid("a token has printable ASCII characters only, and no space", path="token")
    return token


def _check_overlap(overlap_s: int) -> None:
    if not 0 <= overlap_s <= 7 * 24 * 3600:
        raise FieldInvalid(f"{overlap_s} s is out of range; expected 0 to 604800 (7 days)", path="overlap_s")
