"""When a bot that keeps failing counts as offline, and how it comes back (bot protocol, «When a bot fails»).

An open circuit keeps new conversations away; those that the bot has already go on being tried. What is counted stands in
a Tally of the process that calls the bot, what was decided in the Circuit of the bot's record, for all processes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from frontdesk.core.ids import Instant

CircuitState = Literal["closed", "open", "probing"]

#: So many failures one after another open a circuit …
IN_A_ROW = 5
#: … or half of at least so many attempts within the window.
ENOUGH = 10
WINDOW_S = 60
#: Seconds until the first probe; each one that fails doubles the wait for the next.
FIRST_WAIT_S = 15
LONGEST_WAIT_S = 60
#: A probe that came to no result by then (its server died) makes room for another.
PROBE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Whether new conversations go to the bot. Closed: all; open: none; probing: one is under way to find out."""

    state: CircuitState = "closed"
    #: When it opened; None while it is closed.
    opened_at: Instant | None = None
    #: When the next conversation may go to the bot as a probe; None while it is closed.
    probe_at: Instant | None = None
    #: The wait before that probe.
    wait_s: int = 0
    #: The newest fault's class.
    fault: str = ""

    def admits(self, now: Instant) -> bool:
        """Tell whether a new conversation may go to the bot: any while closed, one where a probe is due."""
        if self.probe_at is None:
            return True
        # A wait that is longer than any can be means that the clock was set back.
        return not 0 < self.probe_at - now <= PROBE_MS


CLOSED = Circuit()


def opened(fault: str, *, now: Instant) -> Circuit:
    """Return the circuit of a bot that has failed too often."""
    return Circuit(
        state="open",
        opened_at=now,
        probe_at=Instant(now + FIRST_WAIT_S * 1000),
        wait_s=FIRST_WAIT_S,
        fault=fault,
    )


def probed(circuit: Circuit, *, now: Instant) -> Circuit:
    """Return the circuit with a probe under way; a closed one stays as it is."""
    return circuit if circuit.state == "closed" else replace(circuit, state="probing", probe_at=Instant(now + PROBE_MS))


def failed(circuit: Circuit, *, fault: str, started_at: Instant, now: Instant) -> Circuit:
    """Return the circuit, not closed, after one more failure of an attempt that began at `started_at`.

    Only an attempt that began once a probe was due says anything new; it counts as the probe, whatever conversation it
    belongs to. The next wait is counted from its beginning, so that a bot that hangs is not away for longer than one
    that refuses.
    """
    if circuit.probe_at is None or started_at < _due_at(circuit, circuit.probe_at):
        return circuit
    wait_s = min(2 * circuit.wait_s, LONGEST_WAIT_S)
    probe_at = Instant(max(now, started_at + wait_s * 1000))
    return replace(circuit, state="open", probe_at=probe_at, wait_s=wait_s, fault=fault)


def may_close(circuit: Circuit, *, now: Instant) -> bool:
    """Tell whether a success closes the circuit: not before it was open for 15 s, so that it cannot flap (F25)."""
    if circuit.opened_at is None:
        return False
    return not 0 <= now - circuit.opened_at < FIRST_WAIT_S * 1000


def _due_at(circuit: Circuit, probe_at: Instant) -> int:
    return probe_at - PROBE_MS if circuit.state == "probing" else probe_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a bot's newest attempts went."""

    in_a_row: int = 0
    #: (second, attempts, failures), oldest first; seconds of the window only.
    seconds: tuple[tuple[int, int, int], ...] = ()

    def with_success(self, now: Instant) -> Tally:
        """Return the tally with one more attempt that was answered."""
        return Tally(in_a_row=0, seconds=self._with(now, failures=0))

    def with_failure(self, now: Instant) -> Tally:
        """Return the tally with one more attempt that failed."""
        return Tally(in_a_row=self.in_a_row + 1, seconds=self._with(now, failures=1))

    @property
    def opens(self) -> bool:
        """Whether that is too much. Ask after a failure."""
        attempts = sum(one[1] for one in self.seconds)
        failures = sum(one[2] for one in self.seconds)
        return self.in_a_row >= IN_A_ROW or (attempts >= ENOUGH and 2 * failures >= attempts)

    def _with(self, now: Instant, *, failures: int) -> tuple[tuple[int, int, int], ...]:
        second = now // 1000
        if self.seconds and self.seconds[-1][0] == second:
            last = self.seconds[-1]
            return (*self.seconds[:-1], (second, last[1] + 1, last[2] + failures))
        # Seconds that lie ahead come from a clock that was set back.
        kept = [one for one in self.seconds if second - WINDOW_S < one[0] < second]
        return (*kept, (second, 1, failures))
