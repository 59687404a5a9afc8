"""Counters, gauges and histograms, and the text in which Prometheus reads them.

Counting is a dictionary's addition: it is done on every turn. All of it happens on one event loop, so nothing is locked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
#: Upper bounds in seconds, from what a commit takes to the longest deadline of a bot.
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)

Labels: TypeAlias = tuple[str, ...]


class Metric(Protocol):
    """Something that can be read."""

    def lines(self) -> Iterator[str]:
        """Yield its lines."""
        ...


class Counter:
    """Counts up, apart for each combination of labels."""

    def __init__(self, name: str, text: str, *, labels: Sequence[str] = ()) -> None:
        self._name = name
        self._text = text
        self._labels = tuple(labels)
        self._values: dict[Labels, float] = {} if labels else {(): 0}

    def add(self, *labels: str, amount: float = 1) -> None:
        """Count; one value for each label."""
        self._values[labels] = self._values.get(labels, 0) + amount

    def lines(self) -> Iterator[str]:
        """Yield its lines."""
        yield from _head(self._name, self._text, kind="counter")
        for values, value in self._values.items():
            yield _line(self._name, _pairs(self._labels, values), value)


class Gauge:
    """What `read` returns at the moment: a number, or one for each value of the only label."""

    def __init__(
        self,
        name: str,
        text: str,
        *,
        read: Callable[[], float | Mapping[str, float]],
        label: str = "",
        kind: str = "gauge",
    ) -> None:
        self._name = name
        self._text = text
        self._read = read
        self._label = label
        self._kind = kind

    def lines(self) -> Iterator[str]:
        """Yield its lines."""
        yield from _head(self._name, self._text, kind=self._kind)
        found = self._read()
        if isinstance(found, Mapping):
            for value, number in found.items():
                yield _line(self._name, ((self._label, value),), number)
        else:
            yield _line(self._name, (), found)


class Histogram:
    """Counts observations up to each bound."""

    def __init__(self, name: str, text: str, *, bounds: Sequence[float] = SECONDS) -> None:
        self._name = name
        self._text = text
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self) -> Iterator[str]:
        """Yield its lines."""
        yield from _head(self._name, self._text, kind="histogram")
        total = 0
        for bound, count in zip((*self._bounds, None), self._counts, strict=True):
            total += count
            yield _line(f"{self._name}_bucket", (("le", "+Inf" if bound is None else f"{bound:g}"),), total)
        yield _line(f"{self._name}_sum", (), self._sum)
        yield _line(f"{self._name}_count", (), total)


def render(metrics: Sequence[Metric]) -> bytes:
    """Return what Prometheus reads."""
    return ("\n".join(line for metric in metrics for line in metric.lines()) + "\n").encode()


def _head(name: str, text: str, *, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _pairs(labels: Labels, values: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(zip(labels, values, strict=True))


def _line(name: str, labels: tuple[tuple[str, str], ...], value: float) -> str:
    listed = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    number = repr(float(value)) if value != int(value) else str(int(value))
    return f"{name}{{{listed}}} {number}" if listed else f"{name} {number}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
