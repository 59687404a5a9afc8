"""Runs the benchmarks that are named on the command line, or all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import store_commit

BENCHMARKS: dict[str, Callable[[], None]] = {"store_commit": store_commit.main}


def main() -> None:
    """Run the benchmarks. Exits with 2 where one is not known."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = sorted(set(names) - BENCHMARKS.keys())
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        sys.exit(2)
    for name in names:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
