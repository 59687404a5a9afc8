"""A bot's circuit opens and closes; who fails and who answers is counted where the bots are called."""

from __future__ import annotations

from dataclasses import dataclass, replace

from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.circuit import CLOSED, failed, may_close, opened
from frontdesk.core.ids import BotId, Instant
from frontdesk.core.people import Bot
from frontdesk.core.refusals import UnknownBot


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCircuit:
    """A command on one bot's circuit."""

    bot_id: BotId

    @property
    def footprint(self) -> Footprint:
        """Nothing but the configuration, which every command has."""
        return Footprint()

    def stored(self, case: Case) -> Bot:
        """Return the bot as it is now. Raises UnknownBot."""
        bot = case.state.directory.bots.get(self.bot_id)
        if bot is None:
            raise UnknownBot
        return bot


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCircuit(OnCircuit):
    """Let new conversations pass the bot by: it failed too often, or failed its probe."""

    #: The class of the newest fault.
    fault: str
    #: When the attempt began that failed.
    started_at: Instant

    def decide(self, case: Case) -> Decision[Bot | None]:
        """Return the bot where its circuit changed, else None: another process was first. Raises UnknownBot."""
        bot = self.stored(case)
        if bot.circuit.state == "closed":
            circuit = opened(self.fault, now=case.now)
        else:
            circuit = failed(bot.circuit, fault=self.fault, started_at=self.started_at, now=case.now)
        return _saved(bot, replace(bot, circuit=circuit))


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCircuit(OnCircuit):
    """Let new conversations go to the bot again: it answered."""

    #: An administrator tried it, so it need not have been open for long.
    tested: bool = False

    def decide(self, case: Case) -> Decision[Bot | None]:
        """Return the bot where its circuit closed, else None. Raises UnknownBot."""
        bot = self.stored(case)
        closes = self.tested or may_close(bot.circuit, now=case.now)
        return _saved(bot, replace(bot, circuit=CLOSED) if closes else bot)


def _saved(before: Bot, after: Bot) -> Decision[Bot | None]:
    return Decision(NOTHING, None) if after == before else Decision(Change(bots=(after,)), after)
