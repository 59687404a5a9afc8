"""Which handler an event goes to."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from frontdesk.bot.errors import HandlerMisfit

if TYPE_CHECKING:
    from frontdesk.bot.chat import Chat

Handler: TypeAlias = "Callable[[Chat], Awaitable[None]]"
AnyHandler = TypeVar("AnyHandler", bound="Callable[[Chat], Awaitable[None]]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A handler and the events it is for; None fits everything."""

    event: str
    handler: Handler
    option: int | None = None
    headline: str | None = None
    pattern: re.Pattern[str] | None = None
    step: str | None = None

    @property
    def particular(self) -> bool:
        """Whether it asks for more than the kind of event."""
        return any(wish is not None for wish in (self.option, self.headline, self.pattern, self.step))

    def fits(self, chat: Chat) -> bool:
        """Whether the event is for this handler; a pattern leaves its match on the chat."""
        if self.event != chat.event or (self.step is not None and self.step != chat.step):
            return False
        if self.option is not None and self.option != chat.option:
            return False
        if self.headline is not None and _folded(self.headline) != _folded(chat.headline):
            return False
        if self.pattern is None:
            return True
        chat.match = self.pattern.search(chat.text)
        return chat.match is not None


class Routes:
    """The handlers of a bot: the first particular one that fits, else the first general one."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(self, route: Route) -> None:
        """Ask this one too, after those that are here.

        Raises:
            HandlerMisfit: the handler is no async function.
        """
        if not inspect.iscoroutinefunction(route.handler):
            name = getattr(route.handler, "__name__", repr(route.handler))
            raise HandlerMisfit(f"{name} has to be an async function that takes the chat: async def {name}(chat).")
        self._routes.append(route)

    def find(self, chat: Chat) -> Handler | None:
        """The handler for this event, or None."""
        ordered = sorted(self._routes, key=lambda route: not route.particular)
        return next((route.handler for route in ordered if route.fits(chat)), None)


def pattern_of(wish: str | re.Pattern[str] | None) -> re.Pattern[str] | None:
    """A string is searched for without regard to case; a compiled pattern is taken as it is."""
    return re.compile(wish, re.IGNORECASE) if isinstance(wish, str) else wish


def _folded(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split()).casefold()
