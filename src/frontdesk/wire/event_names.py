"""Core to wire: what a bot's event is called."""

from __future__ import annotations

from typing import assert_never

from frontdesk.core.bot_events import Abort, BotEvent, End, Forward, Show, Type, UpdateContact


def event_name(event: BotEvent) -> str:
    """Return the event's name in the words of the wire."""
    match event.request:
        case Show(content=content):
            return type(content).__name__.lower()
        case UpdateContact():
            return "contact_update"
        case Type():
            return "typing"
        case Abort():
            return "abort"
        case End():
            return "end"
        case Forward(group=group):
            return "forward_any" if group is None else "forward_group"
        case _ as unknown:
            assert_never(unknown)
