"""Reads what a widget sends: one frame, checked like every other document."""

from __future__ import annotations

from typing import Any, Final, get_args

import msgspec

from frontdesk.protocol.faults import Fault, InvalidDocument
from frontdesk.protocol.json_profile import parse
from frontdesk.protocol.widget import ContactFrame

#: Bytes of one frame; the socket closes on a larger one by itself.
MAX_FRAME_BYTES: Final = 65_536
_KINDS: Final[dict[str, Any]] = {str(kind.__struct_config__.tag): kind for kind in get_args(ContactFrame)}


def decode_contact_frame(raw: bytes) -> ContactFrame:
    """Read one frame of a contact; raises InvalidDocument with the first fault and its path."""
    tree = parse(raw, limit=MAX_FRAME_BYTES)
    # For the whole union, msgspec would look at every kind anew with each frame.
    kind = _KINDS.get(str(tree.get("type")), ContactFrame) if isinstance(tree, dict) else ContactFrame
    try:
        frame: ContactFrame = msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        raise InvalidDocument((Fault(path.rstrip("`") or "$", message),), kind="invalid_json") from None
    return frame
