"""What a widget's and a bot's settings must be; each fault names its field and the fix."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from frontdesk.core.headers import header_faults
from frontdesk.core.people import Bot, Directory, Group, Widget
from frontdesk.core.refusals import FieldInvalid, UnknownGroup

MAX_NAME = 80
MAX_LINE = 500

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[0-9]{1,5})?")
_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def check_group(group: Group, directory: Directory) -> None:
    """Raise FieldInvalid where the name is empty, too long or taken."""
    _check_name(group.name, field="name")
    taken = directory.group_named(group.name)
    if taken is not None and taken.id != group.id:
        raise FieldInvalid(f"there is a group {taken.name!r} already (number {taken.id})", path="name")


def check_widget(widget: Widget, directory: Directory) -> None:
    """Raise FieldInvalid or UnknownGroup for the first field at fault."""
    _check_name(widget.name, field="name")
    _check_groups(widget.groups, directory)
    if not _LANGUAGE.fullmatch(widget.language):
        raise FieldInvalid(
            f"{widget.language!r} is not a language; expected a tag such as en or de-AT", path="language"
        )
    if not _ACCENT.fullmatch(widget.look.accent):
        raise FieldInvalid(f"{widget.look.accent!r} is not a colour; expected #rrggbb", path="accent")
    for domain in widget.domains:
        if not _DOMAIN.fullmatch(domain):
            fix = "expected a host such as shop.example or localhost:8080, in lower case, without https:// and path"
            raise FieldInvalid(f"{domain!r} is not a domain; {fix}", path="domains")
    _check_range(widget.live_timeout_s, field="live_timeout_s", low=60, high=7 * 24 * 3600)
    _check_range(widget.proactive_after_s, field="proactive_after_s", low=0, high=3600)
    for field, text in (("title", widget.look.title), ("welcome", widget.look.welcome)):
        _check_line(text, field=field)


def check_bot(bot: Bot, directory: Directory) -> None:
    """Raise FieldInvalid or UnknownGroup for the first field at fault."""
    _check_name(bot.first_name, field="first_name")
    if len(bot.last_name) > MAX_NAME:
        raise FieldInvalid(f"the last name is longer than {MAX_NAME} characters", path="last_name")
    _check_groups(bot.groups, directory)
    _check_url(bot.webhook_url)
    faults = header_faults(bot.webhook_headers)
    if faults:
        raise FieldInvalid(" ".join(faults), path="webhook_headers")
    _check_range(bot.slots, field="slots", low=1, high=500)
    _check_range(bot.deadline_s, field="deadline_s", low=1, high=60)
    _check_range(bot.patience_after_s, field="patience_after_s", low=0, high=60)
    for field, text in (("failure_line", bot.failure_line), ("patience_line", bot.patience_line)):
        _check_line(text, field=field)


def _check_name(name: str, *, field: str) -> None:
    if not name.strip():
        raise FieldInvalid("the name is empty", path=field)
    if len(name) > MAX_NAME:
        raise FieldInvalid(f"the name is longer than {MAX_NAME} characters", path=field)


def _check_line(text: str, *, field: str) -> None:
    if len(text) > MAX_LINE:
        raise FieldInvalid(f"the text is longer than {MAX_LINE} characters", path=field)


def _check_range(value: int, *, field: str, low: int, high: int) -> None:
    if not low <= value <= high:
        raise FieldInvalid(f"{value} is out of range; expected {low} to {high}", path=field)


def _check_groups(groups: tuple[int, ...], directory: Directory) -> None:
    for group_id in groups:
        if group_id not in directory.groups:
            raise UnknownGroup(f"there is no group with the number {group_id}", path="groups")


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FieldInvalid(f"{url!r} is not a URL: {error}", path="webhook_url") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FieldInvalid(f"{url!r} is not an http or https URL", path="webhook_url")
    if parts.username is not None or parts.password is not None:
        raise FieldInvalid("a webhook URL has no user name; use a webhook header instead", path="webhook_url")
    if port is not None and port < 1024 and port not in {80, 443}:
        raise FieldInvalid(f"port {port} is not allowed; expected 80, 443 or 1024 and above", path="webhook_url")
    if any(character <= " " or character in {"\x7f", "\\"} for character in url):
        raise FieldInvalid("the URL contains white space, a backslash or a control character", path="webhook_url")
