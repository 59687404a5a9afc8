"""Who takes a conversation."""

from __future__ import annotations

from collections.abc import Collection

from frontdesk.core.ids import BotId, GroupId, Instant
from frontdesk.core.people import Bot, Directory, Widget


def choose_bot(directory: Directory, *, widget: Widget, without: Collection[BotId], now: Instant) -> Bot | None:
    """Return the bot with the lowest id among those of the widget's groups; a widget without groups takes any.

    Bots that were already in charge of the conversation are named in `without` (bot protocol, «What a bot may send»).
    A bot that kept failing counts as offline until a probe is due; `start_session` then makes this conversation the probe.
    """
    for bot_id in sorted(directory.bots):
        bot = directory.bots[bot_id]
        if bot_id in without or bot.paused or not bot.circuit.admits(now):
            continue
        if not widget.groups or set(bot.groups) & set(widget.groups):
            return bot
    return None


def operators_online(directory: Directory, *, group_id: GroupId | None) -> bool:
    """Tell whether a human could take a conversation of this group (None: of any) now.

    The directory knows bots only, so nobody can.
    """
    del directory, group_id
    return False
