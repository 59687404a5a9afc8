"""What a contact's commands have in common: sent again with the same id, they have no second effect (D3)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.actions.threads import Receipt, receipt_of
from frontdesk.core.change import NOTHING
from frontdesk.core.ids import ContactId, ConversationId, MessageId, Seq


@dataclass(frozen=True, slots=True, kw_only=True)
class FromContact:
    """A contact's command about the newest conversation."""

    contact_id: ContactId
    #: Chosen by the browser; unique for the contact.
    message_id: MessageId

    @property
    def footprint(self) -> Footprint:
        """The contact with the newest conversation, and the entry that this command made before."""
        return Footprint(
            contacts=frozenset({self.contact_id}), messages=frozenset({(self.contact_id, self.message_id)})
        )

    def decide(self, case: Case) -> Decision[Receipt]:
        """Return the receipt, the first one where the command is repeated. Raises what `decide_first` raises."""
        sent = case.state.sent(self.contact_id, self.message_id)
        return self.decide_first(case) if sent is None else Decision(NOTHING, receipt_of(sent))

    @abstractmethod
    def decide_first(self, case: Case) -> Decision[Receipt]:
        """Decide the command as one that was not there before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnEntry(FromContact):
    """A contact's command that settles one entry, which only one can."""

    conversation_id: ConversationId
    seq: Seq

    @property
    def footprint(self) -> Footprint:
        """The conversation, the entry with what answers it, and the entry that this command made before."""
        return Footprint(
            conversations=frozenset({self.conversation_id}),
            entries=frozenset({(self.conversation_id, self.seq)}),
            messages=frozenset({(self.contact_id, self.message_id)}),
        )
