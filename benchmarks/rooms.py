"""Sums a profile up by room: `python -m benchmarks.rooms profile.raw`.

The profile is what `py-spy record --gil --format raw --output profile.raw --pid <server's>` writes. A sample counts
for the innermost frame that is ours or a library's; what the standard library does counts for whoever called it.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

_LIBRARIES = {
    "aiohttp": "aiohttp",
    "structlog": "structlog",
    "uvicorn": "uvicorn and websockets",
    "websockets": "uvicorn and websockets",
}
_OURS = re.compile(r"\(frontdesk/(?:(\w+)/|(\w+)\.py)")
_LIBRARY = re.compile(rf"\((?:site-packages/)?({'|'.join(_LIBRARIES)})/")


def room(stack: str) -> str:
    """Return the room in which a sample was taken."""
    for frame in reversed(stack.split(";")):
        if found := _LIBRARY.search(frame):
            return _LIBRARIES[found[1]]
        if found := _OURS.search(frame):
            name = found[1] or found[2]
            # Below the command there is only the event loop.
            return "event loop" if name == "cli" else name
    return "else"


def main() -> None:
    """Print the share of each room."""
    samples: Counter[str] = Counter()
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        samples[room(stack)] += int(count)
    total = sum(samples.values())
    for name, count in samples.most_common():
        print(f"{count / total:6.1%}  {name}")


if __name__ == "__main__":
    main()
