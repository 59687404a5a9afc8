"""Rules that all readers share."""

from __future__ import annotations

from frontdesk.core.conversation import Conversation
from frontdesk.core.ids import ConversationId, Instant, Seq

#: After any time there is; fits the 63 bits of a stored number.
FOR_EVER = Instant(2**62)


def continues(conversation: Conversation, *, has: tuple[ConversationId, Seq] | None, limit: int) -> bool:
    """Tell whether all entries after `has` fit in `limit`; one from a log that we do not have does not continue."""
    if has is None or has[0] != conversation.id:
        return False
    return 0 <= conversation.last_seq - has[1] <= limit
