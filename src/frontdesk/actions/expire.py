"""A bot's session ends for lack of activity."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.actions.threads import log_of, thread_of_conversation
from frontdesk.core import sessions
from frontdesk.core.change import NOTHING
from frontdesk.core.ids import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """End the conversation where its *Live conversation timeout* has passed and a bot is in charge."""

    conversation_id: ConversationId

    @property
    def footprint(self) -> Footprint:
        """The conversation."""
        return Footprint(conversations=frozenset({self.conversation_id}))

    def decide(self, case: Case) -> Decision[None]:
        """Expire it, or do nothing where something happened in time."""
        conversation = case.state.conversation(self.conversation_id)
        if conversation is None or conversation.expires_at is None or conversation.expires_at > case.now:
            return Decision(NOTHING, None)
        thread = thread_of_conversation(case, conversation)
        return Decision(sessions.expire(thread, log=log_of(case, thread)).change, None)
