"""Words that all generated pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `make docs`; edit its source instead. -->\n\n"


def page(title: str, *blocks: str) -> str:
    """Return a whole page."""
    return GENERATED + "\n\n".join([f"# {title}", *(block.strip("\n") for block in blocks)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; an upright bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def code(text: str) -> str:
    """Return the text as code, or nothing where there is none."""
    return f"`{text}`" if text else ""
