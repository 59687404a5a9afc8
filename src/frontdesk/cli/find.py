"""Finds what a command names: by number, or by name."""

from __future__ import annotations

from collections.abc import Iterable

from frontdesk.cli.shell import Refused
from frontdesk.core.ids import BotId, GroupId
from frontdesk.core.people import Bot, Directory, Widget


def bot_named(directory: Directory, text: str) -> Bot:
    """Return the bot with this number, name or public id. Raises Refused."""
    if text.isdecimal() and BotId(int(text)) in directory.bots:
        return directory.bots[BotId(int(text))]
    found = [one for one in directory.bots.values() if text.casefold() in {one.name.casefold(), one.public_id}]
    if len(found) == 1:
        return found[0]
    known = _listed(f"{one.id} ({one.name})" for one in directory.bots.values())
    raise Refused(f"{'More than one' if found else 'No'} bot is called {text!r}. The bots are: {known}.")


def widget_named(directory: Directory, text: str) -> Widget:
    """Return the widget with this key, number or name. Raises Refused."""
    names = [one for one in directory.widgets.values() if text in {one.key, str(one.id)}]
    found = names or [one for one in directory.widgets.values() if one.name.casefold() == text.casefold()]
    if len(found) == 1:
        return found[0]
    known = _listed(f"{one.key} ({one.name})" for one in directory.widgets.values())
    raise Refused(f"{'More than one' if found else 'No'} widget is called {text!r}. The widgets are: {known}.")


def groups_named(directory: Directory, texts: Iterable[str]) -> tuple[GroupId, ...]:
    """Return the groups with these numbers or names. Raises Refused."""
    return tuple(_group(directory, one) for one in texts)


def _group(directory: Directory, text: str) -> GroupId:
    if text.isdecimal() and GroupId(int(text)) in directory.groups:
        return GroupId(int(text))
    found = directory.group_named(text)
    if found is None:
        known = _listed(f"{one.id} ({one.name})" for one in directory.groups.values())
        raise Refused(f"No group is called {text!r}. The groups are: {known}. Add one: frontdesk group add NAME.")
    return found.id


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none yet"
