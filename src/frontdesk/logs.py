"""Log lines: one wide event for each thing done, on standard error."""

from __future__ import annotations

import json
import logging
import sys
from typing import Literal

import msgspec
import structlog


def configure_logs(form: Literal["text", "json"], *, level: int = logging.INFO) -> None:
    """Write events of this level and above; `json` puts each on a line of its own for machines."""
    last: structlog.typing.Processor
    if form == "json":
        last = structlog.processors.JSONRenderer(serializer=_json)
    else:
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default prints local variables, and with them secrets and messages.
            exception_formatter=structlog.dev.plain_traceback,
        )
    form_errors = [structlog.processors.format_exc_info] if form == "json" else []
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *form_errors,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(level, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )


def _json(event: object, **_: object) -> str:
    try:
        return msgspec.json.encode(event, enc_hook=repr).decode()
    except UnicodeEncodeError:
        # A lone surrogate, which only the slower one can write.
        return json.dumps(event, default=repr)
