"""How many calls to one bot, and to all bots, may be under way at once, so that a slow bot holds up only its own."""

from __future__ import annotations

import asyncio
from collections import deque

from frontdesk.core.allowance import Allowance
from frontdesk.core.ids import BotId, Instant
from frontdesk.core.people import Bot

#: Calls to one bot.
MAX_UNDER_WAY = 50
#: Calls to all bots; each holds a socket.
MAX_TOTAL = 2_000


class Bulkhead:
    """Lets up to `min(slots, 50)` calls to each bot through at once, in the order of their arrival.

    A bot that answers 429 gets fewer at once for a while. Where the places of all bots together are taken, bots that
    wait get the next ones in turn, one call each.
    """

    def __init__(self, *, total: int = MAX_TOTAL) -> None:
        self._left = total
        self._under_way: dict[BotId, int] = {}
        #: Calls that wait, at most one for each live conversation; the bot whose turn it is comes first.
        self._waiting: dict[BotId, deque[asyncio.Future[None]]] = {}
        #: The slots of bots with calls that wait, as last seen.
        self._most: dict[BotId, int] = {}
        #: Bots that answered 429 lately.
        self._allowances: dict[BotId, Allowance] = {}

    def take_free(self, bot: Bot) -> bool:
        """Take one of the bot's places where one is free and nobody waits for it; tell whether it was so."""
        self._most[bot.id] = _most(bot)
        if bot.id in self._waiting or not self._free(bot.id):
            return False
        self._grant(bot.id)
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
                self._forget(bot.id)
            elif not turn.cancelled():
                # The place came at the same moment; it goes on to the next.
                self.give_back(bot)
            raise

    def give_back(self, bot: Bot) -> None:
        """Give a place back, to the one that has waited longest."""
        self._left += 1
        self._under_way[bot.id] -= 1
        if not self._under_way[bot.id]:
            del self._under_way[bot.id]
        if self._waiting:
            self._wake()
        self._forget(bot.id)

    def answered(self, bot: Bot) -> None:
        """Note an answer that was no 429: a bot that got fewer calls at once gets more again."""
        allowance = self._allowances.get(bot.id)
        if allowance is None:
            return
        allowance = self._allowances[bot.id] = allowance.answered()
        if allowance.is_full:
            del self._allowances[bot.id]

    def throttled(self, bot: Bot, *, started_at: Instant, now: Instant) -> None:
        """Note a 429 to a call that began at `started_at`: the bot gets fewer calls at once from now on."""
        most = _most(bot)
        allowance = self._allowances.get(bot.id) or Allowance(most=most, limit=most)
        under_way = self._under_way.get(bot.id, 1)
        self._allowances[bot.id] = allowance.throttled(under_way=under_way, started_at=started_at, now=now)

    def places(self, bot_id: BotId) -> int:
        """Return how many calls to a bot that is being called may be under way now."""
        most = self._most.get(bot_id, 1)
        allowance = self._allowances.get(bot_id)
        return most if allowance is None else min(most, allowance.places)

    def _wake(self) -> None:
        """Hand free places out in turn: one to each bot that waits and has one of its own, then the next round."""
        served = True
        while served and self._left > 0:
            served = False
            for bot_id in list(self._waiting):
                if self._free(bot_id) and self._serve(bot_id):
                    served = True

    def _serve(self, bot_id: BotId) -> bool:
        """Let one call through; its bot goes to the end of the row."""
        queue = self._waiting.pop(bot_id)
        granted = False
        while queue and not granted:
            turn = queue.popleft()
            if not turn.done():
                self._grant(bot_id)
                turn.set_result(None)
                granted = True
        if queue:
            self._waiting[bot_id] = queue
        return granted

    def _grant(self, bot_id: BotId) -> None:
        self._left -= 1
        self._under_way[bot_id] = self._under_way.get(bot_id, 0) + 1

    def _free(self, bot_id: BotId) -> bool:
        return self._left > 0 and self._under_way.get(bot_id, 0) < self.places(bot_id)

    def _forget(self, bot_id: BotId) -> None:
        """Keep nothing of a bot that is not called."""
        if bot_id in self._waiting and not self._waiting[bot_id]:
            del self._waiting[bot_id]
        if bot_id not in self._waiting and bot_id not in self._under_way:
            self._most.pop(bot_id, None)


def _most(bot: Bot) -> int:
    return max(1, min(bot.slots, MAX_UNDER_WAY))
