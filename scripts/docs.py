"""Write the generated pages of docs/reference; with `--check` only tell whether they are up to date."""

from __future__ import annotations

import sys
from collections.abc import Callable

from scripts.pages import cli, deliveries, guarantees, openapi, problems, records, settings

REFERENCE = guarantees.ROOT / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli.render,
    "deliveries.md": deliveries.render,
    "guarantees.md": guarantees.render,
    "openapi.json": openapi.render,
    "problems.md": problems.render,
    "records.md": records.render,
    "settings.md": settings.render,
}


def main() -> int:
    """Write what is out of date, or name it; return the exit status."""
    fresh = {REFERENCE / name: render() for name, render in PAGES.items()}
    stale = [path for path, text in fresh.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if "--check" in sys.argv:
            print(f"docs/reference/{path.name} is out of date; run `make docs`.", file=sys.stderr)
        else:
            path.write_text(fresh[path], encoding="utf-8")
            print(f"wrote docs/reference/{path.name}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
