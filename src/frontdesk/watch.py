"""Sees every commit of this process, and measures the server by them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from frontdesk.core.change import Change
from frontdesk.core.ids import BotId, Cid, EventId, Instant
from frontdesk.metrics import SECONDS, Counter, Gauge, Histogram, Metric, render

#: Seconds between two looks at how late the event loop is.
LOOK_S = 0.025
#: An event that was settled by another process is forgotten after so long.
FORGOTTEN_MS = 600_000
#: A circuit's state as a number.
CIRCUITS = MappingProxyType({"closed": 0.0, "probing": 1.0, "open": 2.0})
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What is read from the rooms at the moment of a scrape."""

    sockets: Callable[[], int]
    calls: Callable[[], int]
    commands: Callable[[], int]
    #: Each bot's circuit, as a number of `CIRCUITS`.
    circuits: Callable[[], Mapping[str, float]]
    #: Why something or somebody was turned away, and how often.
    shed: Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class _Turn:
    event_id: EventId
    bot_id: BotId
    since: Instant


class Watch:
    """Subscribe `committed` and `grouped` to the ledger, and run `run()` beside the server."""

    def __init__(self, *, now: Callable[[], Instant], gauges: Gauges) -> None:
        self._now = now
        self._turns: dict[Cid, _Turn] = {}
        self._attempts = Counter(
            "frontdesk_attempts_total", "Webhook calls and API calls.", labels=("bot", "door", "outcome")
        )
        self._entries = Counter("frontdesk_entries_total", "Entries that were added to conversations.")
        self._latency = Histogram(
            "frontdesk_turn_seconds", "From an event's first attempt to what came of it, all attempts in it."
        )
        self._group = Histogram("frontdesk_commit_commands", "Commands in one transaction.", bounds=SIZES)
        self._commit = Histogram("frontdesk_commit_seconds", "What one transaction took.", bounds=SECONDS)
        self._lag = Histogram("frontdesk_loop_lag_seconds", "How late the event loop was.", bounds=SECONDS)
        self._max_lag = 0.0
        self._metrics: tuple[Metric, ...] = (
            self._attempts,
            self._entries,
            self._latency,
            Gauge("frontdesk_turns", "Events that wait for their bot.", read=self._waiting, label="bot"),
            Gauge("frontdesk_oldest_turn_seconds", "How long the oldest of them waits.", read=self._oldest_s),
            Gauge("frontdesk_calls", "Webhook calls under way.", read=gauges.calls),
            Gauge(
                "frontdesk_circuit",
                "Whether a bot is left alone: 0 no, 1 it is tried again, 2 yes.",
                read=gauges.circuits,
                label="bot",
            ),
            Gauge("frontdesk_sockets", "Widgets that listen.", read=gauges.sockets),
            Gauge("frontdesk_commands", "Commands that wait for the store.", read=gauges.commands),
            self._group,
            self._commit,
            Gauge("frontdesk_shed_total", "What was turned away.", read=gauges.shed, label="reason", kind="counter"),
            self._lag,
            Gauge("frontdesk_loop_lag_max_seconds", "The latest that the loop ever was.", read=lambda: self._max_lag),
        )

    def committed(self, change: Change) -> None:
        """Count what a commit holds."""
        now = self._now()
        for attempt in change.attempts:
            self._attempts.add(str(attempt.bot_id), attempt.door, attempt.outcome)
        if change.entries:
            self._entries.add(amount=len(change.entries))
        for session in change.sessions:
            head, turn = session.head, self._turns.get(session.cid)
            if turn is not None and (head is None or head.event_id != turn.event_id):
                self._latency.observe(max(0, now - turn.since) / 1000)
                del self._turns[session.cid]
            if head is not None and session.cid not in self._turns:
                self._turns[session.cid] = _Turn(head.event_id, session.bot_id, head.since)

    def grouped(self, commands: int, seconds: float) -> None:
        """Count a transaction."""
        self._group.observe(commands)
        self._commit.observe(seconds)

    async def run(self) -> None:
        """Look how late the event loop is, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_S
            await asyncio.sleep(LOOK_S)
            lag = max(0.0, loop.time() - due)
            self._lag.observe(lag)
            self._max_lag = max(self._max_lag, lag)

    def scrape(self) -> bytes:
        """Return everything as Prometheus reads it."""
        past = self._now() - FORGOTTEN_MS
        self._turns = {cid: turn for cid, turn in self._turns.items() if turn.since > past}
        return render(self._metrics)

    def _waiting(self) -> Mapping[str, float]:
        counts: dict[str, float] = {}
        for turn in self._turns.values():
            counts[str(turn.bot_id)] = counts.get(str(turn.bot_id), 0) + 1
        return counts

    def _oldest_s(self) -> float:
        now = self._now()
        return max((now - turn.since for turn in self._turns.values()), default=0) / 1000
