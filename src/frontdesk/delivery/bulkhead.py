"""How many calls to one bot may be under way at once, so that a slow bot holds up only its own conversations."""

from __future__ import annotations

import asyncio
from collections import deque

from frontdesk.core.ids import BotId
from frontdesk.core.people import Bot

MAX_UNDER_WAY = 50


class Bulkhead:
    """Lets calls to a bot through in the order of their arrival, up to `min(slots, 50)` of them at once."""

    def __init__(self) -> None:
        self._under_way: dict[BotId, int] = {}
        self._waiting: dict[BotId, deque[asyncio.Future[None]]] = {}

    def take_free(self, bot: Bot) -> bool:
        """Take one of the bot's places where one is free and nobody waits for it; tell whether it was so."""
        if self._waiting.get(bot.id) or not self._free(bot):
            return False
        self._under_way[bot.id] = self._under_way.get(bot.id, 0) + 1
        return True

    async def take(self, bot: Bot) -> None:
        """Take one of the bot's places; waits for one where all are taken."""
        if self.take_free(bot):
            return
        queue = self._waiting.setdefault(bot.id, deque())
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in queue:
                queue.remove(turn)
            elif not turn.cancelled():
                # The place came at the same moment; it goes on to the next.
                self.give_back(bot)
            raise

    def give_back(self, bot: Bot) -> None:
        """Give a place back, to the one that has waited longest."""
        self._under_way[bot.id] -= 1
        self._wake(bot)
        if not self._under_way[bot.id]:
            del self._under_way[bot.id]

    def _wake(self, bot: Bot) -> None:
        queue = self._waiting.get(bot.id, deque())
        while queue and self._free(bot):
            turn = queue.popleft()
            if not turn.done():
                self._under_way[bot.id] = self._under_way.get(bot.id, 0) + 1
                turn.set_result(None)
        if not queue:
            self._waiting.pop(bot.id, None)

    def _free(self, bot: Bot) -> bool:
        return self._under_way.get(bot.id, 0) < max(1, min(bot.slots, MAX_UNDER_WAY))
