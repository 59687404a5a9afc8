"""Every size that the wire allows, in one place."""

from __future__ import annotations

from typing import Final

#: Bytes of an answer or of an API call's body.
MAX_DOCUMENT_BYTES: Final = 262_144
#: Bytes of a context, insignificant white space removed.
MAX_CONTEXT_BYTES: Final = 10_240
#: Arrays and objects inside one another.
MAX_DEPTH: Final = 32
#: The largest whole number that every JSON reader keeps exactly (2^53).
MAX_INTEGER: Final = 9_007_199_254_740_992
#: Events of one answer or API call.
MAX_EVENTS: Final = 20
#: Characters (code points) of a message, a note or a fallback.
MAX_BODY_CHARS: Final = 10_000
#: Bubbles or cards of one event.
MAX_OPTIONS: Final = 20
#: Characters of a bubble or of a card's headline.
MAX_OPTION_CHARS: Final = 200
#: Characters of a card's second line.
MAX_SUBHEADLINE_CHARS: Final = 500
#: Characters of a URL.
MAX_URL_CHARS: Final = 2_048
#: Characters of a contact's field, and of a group's name.
MAX_FIELD_CHARS: Final = 255
#: Characters of a cid; a longer one cannot exist.
MAX_CID_CHARS: Final = 255
#: Seconds that a typing indicator may last.
MAX_TYPING_SECONDS: Final = 60
#: Characters of an `Idempotency-Key`.
MAX_IDEMPOTENCY_KEY_CHARS: Final = 255
#: API calls with one cid in any 60 seconds.
MAX_CALLS_A_MINUTE: Final = 20
#: Faults, and ignored keys, that one document is told about.
MAX_NAMED: Final = 100
