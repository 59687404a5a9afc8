"""What can be asked for from the shell, whoever answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from frontdesk.actions.circuit import CloseCircuit
from frontdesk.actions.ports import Command, Ledger, Reader
from frontdesk.core.attempt import Attempt
from frontdesk.core.ids import BotId, Cid, Instant
from frontdesk.core.people import Bot, Directory
from frontdesk.core.refusals import UnknownBot

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a bot's webhook answered a sample call, and one whose signature is wrong on purpose."""

    record: Attempt
    #: Names of the events that it answered with.
    events: tuple[str, ...] = ()
    #: Whether the wrongly signed call was turned down; None where that could not be tried.
    checks_signature: bool | None = None
    #: Whether the bot was offline because it kept failing, and gets new conversations again by this.
    brought_back: bool = False


class Trials(Protocol):
    """Calls webhooks with samples."""

    async def trial(self, bot: Bot) -> Trial:
        """Return how the bot answered; nothing is stored."""
        ...


#: Told of how much is done, and of how much there is.
Progress: TypeAlias = Callable[[int, int], None]


class Backups(Protocol):
    """Copies the store."""

    async def back_up(self, target: Path, *, progress: Progress) -> int:
        """Write the store as it is now to a new file; return its bytes. Raises StoreUnavailable."""
        ...


class Office(Protocol):
    """The server's own desk for its administrators."""

    async def directory(self) -> Directory:
        """Return the configuration."""
        ...

    async def run(self, command: Command[R]) -> R:
        """Carry out a configuration command. Raises Refusal or StoreUnavailable."""
        ...

    async def attempts(
        self, *, bot_id: BotId | None = None, cid: Cid | None = None, before: Instant | None = None, limit: int = 50
    ) -> tuple[Attempt, ...]:
        """Return the delivery log, newest first."""
        ...

    async def trial(self, bot_id: BotId) -> Trial:
        """Call the bot's webhook with a sample. Raises UnknownBot."""
        ...

    async def back_up(self, target: Path, *, progress: Progress) -> int:
        """Write the store as it is now to a new file; return its bytes. Raises StoreUnavailable."""
        ...


class OwnOffice:
    """Answers from the store of this process."""

    def __init__(self, *, ledger: Ledger, reader: Reader, trials: Trials, backups: Backups) -> None:
        self._ledger = ledger
        self._reader = reader
        self._trials = trials
        self._backups = backups

    async def back_up(self, target: Path, *, progress: Progress) -> int:
        """Write the store as it is now to a new file; return its bytes. Raises StoreUnavailable."""
        return await self._backups.back_up(target, progress=progress)

    async def directory(self) -> Directory:
        """Return the configuration."""
        return self._reader.directory()

    async def run(self, command: Command[R]) -> R:
        """Carry out a configuration command. Raises Refusal or StoreUnavailable."""
        return await self._ledger.run(command)

    async def attempts(
        self, *, bot_id: BotId | None = None, cid: Cid | None = None, before: Instant | None = None, limit: int = 50
    ) -> tuple[Attempt, ...]:
        """Return the delivery log, newest first."""
        return await self._reader.attempts(bot_id=bot_id, cid=cid, before=before, limit=limit)

    async def trial(self, bot_id: BotId) -> Trial:
        """Call the bot's webhook with a sample; where it answers, its circuit closes. Raises UnknownBot."""
        bot = self._reader.directory().bots.get(bot_id)
        if bot is None:
            raise UnknownBot
        trial = await self._trials.trial(bot)
        if trial.record.outcome != "ok":
            return trial
        closed = await self._ledger.run(CloseCircuit(bot_id=bot_id, tested=True))
        return replace(trial, brought_back=closed is not None)
