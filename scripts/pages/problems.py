"""The page of all problems that the HTTP API and the widget's socket answer with."""

from __future__ import annotations

from frontdesk.protocol.problems import CATALOGUE, TYPE_PREFIX
from frontdesk.wire.refusals import WIDGET_CODES
from scripts.pages.markdown import code, page, table


def render() -> str:
    """Return the page."""
    problems = [
        (code(name), str(kind.status), kind.title, kind.detail)
        for name, kind in sorted(CATALOGUE.items(), key=lambda item: item[1].status)
    ]
    refused = {name: (kind.__doc__ or "").split("\n", maxsplit=1)[0] for kind, name in WIDGET_CODES.items()}
    return page(
        "Problems",
        "The HTTP API refuses with `application/problem+json` (RFC 9457). `type` is "
        f"`{TYPE_PREFIX}` and the code; `errors` lists every fault of the document with its path.",
        table(("code", "status", "title", "meaning"), problems),
        "## In the widget",
        "A frame of the widget that is refused is answered by a `refused` frame with one of these codes.",
        table(("code", "meaning"), [(code(name), text) for name, text in refused.items()]),
    )
