"""The session's context: what a bot wants to know again at the next event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, TypeVar

import msgspec

from frontdesk.bot.errors import ContextTooLarge
from frontdesk.protocol.limits import MAX_CONTEXT_BYTES

Shape = TypeVar("Shape")

#: An empty context is ignored by the protocol, so one that was emptied is sent with this key alone.
EMPTIED = "_emptied"


class Context(MutableMapping[str, Any]):
    """A dictionary of JSON values that the platform keeps for one session and sends back with every event.

    It is sent only when it changed, nested values included. What is sent is the newest context known to this process
    with the changed keys put in, so work for later does not undo what a handler has set meanwhile, and the other way
    round.
    """

    __slots__ = ("_before", "_values")

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values: dict[str, Any] = dict(_shown(values or {}))
        self._before: dict[str, bytes] = _frozen(self._values)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        del self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Context({self._values!r})"

    def read(self, shape: type[Shape]) -> Shape:
        """The context as a typed record: a `msgspec.Struct`, a dataclass or a TypedDict.

        Raises:
            msgspec.ValidationError: the context does not have this shape.
        """
        return msgspec.convert(self._values, shape)

    def write(self, record: object) -> None:
        """Replace the whole context by a record of the kind that `read` gives."""
        self._values = dict(msgspec.to_builtins(record))

    def merged_into(self, newest: Mapping[str, Any]) -> dict[str, Any] | None:
        """The newest context with this one's changes; None where nothing changed.

        Raises:
            ContextTooLarge: it would be larger than the platform keeps.
        """
        now = _frozen(self._values)
        set_keys = [key for key, value in now.items() if self._before.get(key) != value]
        gone_keys = [key for key in self._before if key not in now]
        if not set_keys and not gone_keys:
            return None
        merged = {key: value for key, value in _shown(newest).items() if key not in gone_keys}
        merged |= {key: msgspec.json.decode(now[key]) for key in set_keys}
        size = len(msgspec.json.encode(merged))
        if size > MAX_CONTEXT_BYTES:
            raise ContextTooLarge(
                f"The context is {size:,} bytes of compact JSON; the platform keeps {MAX_CONTEXT_BYTES:,}."
            )
        return merged or {EMPTIED: True}

    def settle(self) -> None:
        """Take what is here as unchanged from now on."""
        self._before = _frozen(self._values)


def _frozen(values: Mapping[str, Any]) -> dict[str, bytes]:
    return {key: msgspec.json.encode(value) for key, value in values.items()}


def _shown(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {} if list(values) == [EMPTIED] else values
