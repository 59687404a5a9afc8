"""The contact leaves an e-mail address to be answered at."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.repeatable import FromContact
from frontdesk.actions.threads import CONTACT, Receipt, contact_of, thread_of_conversation
from frontdesk.core.entries import ContactUpdated, Notice
from frontdesk.core.refusals import ConversationOver
from frontdesk.core.replacing import replace
from frontdesk.core.texts import email_address
from frontdesk.core.thread import SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveEmail(FromContact):
    """Keep the address with the contact, and confirm it in the newest conversation."""

    email: str

    def decide_first(self, case: Case) -> Decision[Receipt]:
        """Return the confirmation's entry. Raises FieldInvalid, or ConversationOver where there is none at all."""
        address = email_address(self.email)
        contact = contact_of(case, self.contact_id)
        conversation = case.state.conversation(contact.conversation_id) if contact.conversation_id else None
        if conversation is None:
            raise ConversationOver("there is no conversation yet; write a message first")
        thread = thread_of_conversation(case, conversation)
        thread = replace(thread, contact=replace(contact, email=address))
        thread = thread.append(CONTACT, ContactUpdated(email=address))
        seq = thread.next_seq
        thread = thread.append(SYSTEM, Notice(code="email_left"), message_id=self.message_id)
        return Decision(thread.change, Receipt(conversation_id=conversation.id, seq=seq))
