"""One tab settles where the contact's browser goes."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.repeatable import OnEntry
from frontdesk.actions.threads import CONTACT, Receipt, own_conversation, thread_of_conversation
from frontdesk.core.entries import Navigate, Navigated
from frontdesk.core.refusals import AlreadySettled, UnknownEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleNavigation(OnEntry):
    """Claim a navigation for the tab that asks: it alone may follow it, or show the fallback (B9)."""

    followed: bool

    def decide_first(self, case: Case) -> Decision[Receipt]:
        """Return the entry that settles it. Raises UnknownEntry, or AlreadySettled where another tab was first."""
        conversation = own_conversation(case, self.contact_id, self.conversation_id)
        asked = case.state.entry(self.conversation_id, self.seq)
        if asked is None or not isinstance(asked.content, Navigate):
            raise UnknownEntry
        if case.state.answer_to(self.conversation_id, self.seq) is not None:
            raise AlreadySettled
        thread = thread_of_conversation(case, conversation)
        seq = thread.next_seq
        settled = Navigated(followed=self.followed)
        thread = thread.append(CONTACT, settled, message_id=self.message_id, answers=self.seq)
        return Decision(thread.change, Receipt(conversation_id=self.conversation_id, seq=seq))
