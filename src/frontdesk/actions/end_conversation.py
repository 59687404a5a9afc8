"""The contact ends the conversation."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.actions.repeatable import FromContact
from frontdesk.actions.threads import Receipt, log_of, own_conversation, thread_of_conversation
from frontdesk.core.change import NOTHING
from frontdesk.core.ids import ConversationId
from frontdesk.core.lane import advance


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConversation(FromContact):
    """End it and the session in charge; ending one that is over has no effect."""

    conversation_id: ConversationId

    @property
    def footprint(self) -> Footprint:
        """The conversation, and the entry that this command made before."""
        return Footprint(
            conversations=frozenset({self.conversation_id}),
            messages=frozenset({(self.contact_id, self.message_id)}),
        )

    def decide_first(self, case: Case) -> Decision[Receipt]:
        """Return the last entry. Raises UnknownEntry for a conversation that is not the contact's."""
        conversation = own_conversation(case, self.contact_id, self.conversation_id)
        if not conversation.live:
            return Decision(NOTHING, Receipt(conversation_id=conversation.id, seq=conversation.last_seq))
        thread = thread_of_conversation(case, conversation)
        log = log_of(case, thread)
        seq = thread.next_seq
        thread = thread.end("contact_ended", message_id=self.message_id).close_session("ended", told_by=seq)
        return Decision(advance(thread, log=log).change, Receipt(conversation_id=conversation.id, seq=seq))
