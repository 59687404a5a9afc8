"""The page of all settings."""

from __future__ import annotations

from frontdesk.settings import described
from scripts.pages.markdown import code, page, table


def render() -> str:
    """Return the page."""
    rows = [(code(one.key), code(one.default), code(one.example), one.doc) for one in described()]
    return page(
        "Settings",
        "The server reads these from its environment, once, when it starts. None has to be set. A key with this "
        "prefix that is not listed here, or a value that cannot be used, stops the start and is named.",
        table(("key", "default", "example", "meaning"), rows),
    )
