"""Counts how each bot's attempts go, and has its circuit opened and closed by it."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from frontdesk.actions.circuit import CloseCircuit, OpenCircuit
from frontdesk.actions.ports import Ledger, Reader, StoreUnavailable
from frontdesk.core.circuit import Tally, may_close
from frontdesk.core.ids import BotId, Instant
from frontdesk.core.refusals import Refusal

#: Faults that say nothing about the bot: ours. All others count, also those that a retry would not help against.
UNCOUNTED = frozenset({"internal"})


class Circuits:
    """One tally a bot, of what this process has called; bounded by the number of bots.

    Whoever wants to show circuits elsewhere finds each change of one among the `bots` of a committed Change.
    """

    def __init__(self, ledger: Ledger, reader: Reader, *, now: Callable[[], Instant]) -> None:
        self._ledger = ledger
        self._reader = reader
        self._now = now
        self._tallies: dict[BotId, Tally] = {}
        self._log = structlog.get_logger("frontdesk.delivery")

    async def answered(self, bot_id: BotId) -> None:
        """Count an attempt that was answered as the protocol says; an open circuit closes by it."""
        circuit = self._reader.directory().bots[bot_id].circuit
        if circuit.state == "closed":
            self._tallies[bot_id] = self._tallies.get(bot_id, _NEW).with_success(self._now())
        elif may_close(circuit, now=self._now()):
            await self._close(bot_id)

    async def failed(self, bot_id: BotId, *, fault: str, started_at: Instant) -> None:
        """Count an attempt that began at `started_at` and failed; the circuit opens when it is one too many."""
        if fault in UNCOUNTED:
            return
        if self._reader.directory().bots[bot_id].circuit.state == "closed":
            tally = self._tallies[bot_id] = self._tallies.get(bot_id, _NEW).with_failure(self._now())
            if not tally.opens:
                return
        else:
            self._tallies.pop(bot_id, None)
        await self._open(OpenCircuit(bot_id=bot_id, fault=fault, started_at=started_at))

    async def _open(self, command: OpenCircuit) -> None:
        try:
            bot = await self._ledger.run(command)
        except (Refusal, StoreUnavailable) as error:
            # The tally stands, so the next failure tries again.
            self._log.warning("bot.circuit_not_saved", bot_id=command.bot_id, error=repr(error))
            return
        self._tallies.pop(command.bot_id, None)
        if bot is not None:
            circuit = bot.circuit
            first = circuit.opened_at is not None and circuit.probe_at == circuit.opened_at + circuit.wait_s * 1000
            self._log.warning(
                "bot.offline" if first else "bot.still_offline",
                bot_id=bot.id,
                bot=bot.name,
                fault=circuit.fault,
                probe_in_s=circuit.wait_s,
            )

    async def _close(self, bot_id: BotId) -> None:
        try:
            bot = await self._ledger.run(CloseCircuit(bot_id=bot_id))
        except (Refusal, StoreUnavailable) as error:
            self._log.warning("bot.circuit_not_saved", bot_id=bot_id, error=repr(error))
            return
        self._tallies.pop(bot_id, None)
        if bot is not None:
            self._log.warning("bot.online", bot_id=bot.id, bot=bot.name)


_NEW = Tally()
