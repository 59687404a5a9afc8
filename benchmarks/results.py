"""What a benchmark found: a table on the screen, and the same with the machine's facts in a file."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "results"
_LIBRARIES = ("aiohttp", "msgspec", "uvicorn", "uvloop", "websockets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the figures depend on."""

    cpu: str
    cores: int
    system: str
    python: str
    sqlite: str
    libraries: dict[str, str]
    #: The load average before and after; over the number of cores, others worked on the machine too.
    load: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One benchmark's figures: a row for each case, a cell for each column."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    #: What was promised, and whether it was kept.
    targets: dict[str, bool] = field(default_factory=dict)
    #: How it was measured, in a sentence or two.
    how: str = ""


def machine(*, load_before: float) -> Machine:
    """Return this machine's facts."""
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace"))
    return Machine(
        cpu=found[1].strip() if found else platform.processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.release().split('-')[0]}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        libraries={one: version(one) for one in _LIBRARIES},
        load=(round(load_before, 2), round(os.getloadavg()[0], 2)),
    )


def tell(result: Result, *, load_before: float, keep: str) -> None:
    """Print the table; write it as JSON and Markdown where it is to be kept (`keep` is `results`, or empty)."""
    text = "\n".join([f"## {result.name}", "", *_table(result), "", *_verdicts(result)])
    print(text, flush=True)
    if not keep:
        return
    facts = machine(load_before=load_before)
    day = datetime.now(tz=UTC).date().isoformat()
    FOLDER.mkdir(exist_ok=True)
    stem = FOLDER / f"{day}-{result.name}"
    document = msgspec.json.encode({"day": day, "machine": facts, "result": result})
    stem.with_suffix(".json").write_bytes(msgspec.json.format(document, indent=2) + b"\n")
    stem.with_suffix(".md").write_text(f"{text}\n\n{result.how}\n\n{_sentence(facts, day=day)}\n", encoding="utf-8")


def _table(result: Result) -> list[str]:
    lines = [result.columns, *result.rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(result.columns))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return [shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]]


def _verdicts(result: Result) -> Sequence[str]:
    return [f"- {'kept' if kept else 'MISSED'}: {target}" for target, kept in result.targets.items()]


def _sentence(facts: Machine, *, day: str) -> str:
    libraries = ", ".join(f"{name} {number}" for name, number in facts.libraries.items())
    return (
        f"Measured {day} on {facts.cores} cores of {facts.cpu}, {facts.system}, Python {facts.python}, "
        f"SQLite {facts.sqlite}, {libraries}; load average {facts.load[0]} before and {facts.load[1]} after."
    )
