"""Decides the commands of a batch, one after another, on one overlay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from frontdesk.actions.ports import Case, Command, Fresh, Scribe
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.ids import Instant
from frontdesk.core.people import Directory
from frontdesk.core.refusals import Refusal
from frontdesk.store.overlay import Overlay, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What decisions are given from outside; called on the thread that decides."""

    now: Callable[[], Instant]
    fresh: Fresh
    scribe: Scribe
    #: This process, among those that share the store.
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A batch that is decided: what to save, and a result or a refusal for each command, in their order."""

    change: Change
    directory: Directory
    results: list[Any | Refusal]


class Vault(Protocol):
    """Where a ledger keeps its records: loads, decides and saves a batch in one transaction."""

    async def commit(self, commands: Sequence[Command[Any]]) -> Outcome:
        """Return what is now durable.

        Raises StoreUnavailable, or what a command raised that is no Refusal; then nothing was applied.
        """
        ...


def decide(commands: Sequence[Command[Any]], overlay: Overlay, *, outside: Outside) -> Outcome:
    """Run each command's decision; the second sees what the first did. A refusal's change counts too."""
    now = outside.now()
    results: list[Any | Refusal] = []
    for command in commands:
        state = View(overlay, command.footprint)
        try:
            case = Case(state=state, now=now, fresh=outside.fresh, scribe=outside.scribe, holder=outside.holder)
            decision = command.decide(case)
        except Refusal as refusal:
            change: Change = refusal.change
            results.append(refusal)
        else:
            change = decision.change
            results.append(decision.result)
        if change is not NOTHING:
            overlay.apply(change)
    return Outcome(change=overlay.changed.as_change(), directory=overlay.directory, results=results)
