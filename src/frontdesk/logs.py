"""Log lines: one wide event for each thing done, on standard error.

Whatever a contact or a bot wrote stays inside its own line: control characters are written as escapes, and the lines of
a traceback begin with a bar (guarantee X13).
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
#: What ends a line, steers a terminal, turns the direction of text, or cannot be written at all.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def configure_logs(form: Literal["text", "json"], *, level: int = logging.INFO, cached: bool = True) -> None:
    """Write events of this level and above; `json` puts each on a line of its own for machines.

    `cached`: loggers keep how they write, which costs less; a test that configures them anew does not want that.
    """
    last: structlog.typing.Processor
    if form == "json":
        last = structlog.processors.JSONRenderer(serializer=_json)
    else:
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), repr_native_str=True)
    first: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _traced,
        _inert,
    ]
    structlog.configure(
        processors=[*first, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=cached,
    )
    handler = logging.StreamHandler(sys.stderr)
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=[without_meta, last]))
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))


def inert(text: str) -> str:
    """Return the text without anything that could end its line or steer a terminal."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def _traced(logger: Any, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Write the traceback out, without the values of variables: these hold secrets and messages."""
    event = dict(structlog.processors.format_exc_info(logger, method, event))
    if isinstance(event.get("exception"), str):
        event["exception"] = "\n".join(f"  | {inert(line)}" for line in event["exception"].split("\n"))
    return event


def _inert(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {inert(name): value if name == "exception" else _safe(value) for name, value in event.items()}


def _safe(value: object) -> object:
    match value:
        case str():
            return inert(value)
        case Mapping():
            return {inert(str(name)): _safe(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_safe(one) for one in value]
        case None | bool() | int() | float():
            return value
        case _:
            return value if isinstance(value, logging.LogRecord) else inert(repr(value))


def _json(event: object, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()
