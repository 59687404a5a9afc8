"""A process that passes one failpoint nine times, and counts."""

from __future__ import annotations

import sys

from frontdesk.failpoints import failpoint

if __name__ == "__main__":
    for number in range(9):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        failpoint(sys.argv[1])
