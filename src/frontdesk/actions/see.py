"""The contact has had entries on screen, or went to another page."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.actions.threads import contact_of, live_thread, own_conversation
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.conversation import Page
from frontdesk.core.ids import ContactId, ConversationId, Seq
from frontdesk.core.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class See:
    """Move the mark of what the contact has seen forward, never back."""

    contact_id: ContactId
    conversation_id: ConversationId
    seq: Seq

    @property
    def footprint(self) -> Footprint:
        """The conversation."""
        return Footprint(conversations=frozenset({self.conversation_id}))

    def decide(self, case: Case) -> Decision[None]:
        """Save the mark. Raises UnknownEntry for a conversation that is not the contact's."""
        conversation = own_conversation(case, self.contact_id, self.conversation_id)
        seen = min(self.seq, conversation.last_seq)
        if seen <= conversation.seen_seq:
            return Decision(NOTHING, None)
        return Decision(Change(conversations=(replace(conversation, seen_seq=seen),)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPage:
    """Note the page that the contact of a live conversation is on now."""

    contact_id: ContactId
    page: Page

    @property
    def footprint(self) -> Footprint:
        """The contact with its newest conversation."""
        return Footprint(contacts=frozenset({self.contact_id}))

    def decide(self, case: Case) -> Decision[None]:
        """Save the page. Raises UnknownContact."""
        thread = live_thread(case, contact_of(case, self.contact_id))
        if thread is None or thread.conversation.page == self.page:
            return Decision(NOTHING, None)
        return Decision(Change(conversations=(replace(thread.conversation, page=self.page),)), None)
