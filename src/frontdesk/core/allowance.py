"""How many calls at once a bot takes: fewer after it said that it gets too many (429), more again while it answers."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.core.ids import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A bot's limit between 1 and `most`: halved by a 429, one more for each round of answers."""

    most: int
    #: Whole calls count; the fraction is the way to the next one.
    limit: float
    #: When it was lowered last; None where it never was.
    lowered_at: Instant | None = None

    @property
    def places(self) -> int:
        """How many calls may be under way."""
        return max(1, min(self.most, int(self.limit)))

    def answered(self) -> Allowance:
        """Return the allowance after an answer that was no 429."""
        limit = min(float(self.most), self.limit + 1 / max(1.0, self.limit))
        return Allowance(most=self.most, limit=limit, lowered_at=self.lowered_at)

    def throttled(self, *, under_way: int, started_at: Instant, now: Instant) -> Allowance:
        """Return the allowance after a 429 to a call that began at `started_at` with so many `under_way`.

        Calls that began before the limit was lowered say nothing about the lower one: a burst halves it once.
        """
        if self.lowered_at is not None and started_at <= self.lowered_at:
            return self
        return Allowance(most=self.most, limit=max(1.0, min(self.limit, under_way) / 2), lowered_at=now)

    @property
    def is_full(self) -> bool:
        """Whether nothing is left of having been lowered."""
        return self.limit >= self.most
