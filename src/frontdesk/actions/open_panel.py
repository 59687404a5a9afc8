"""The widget's panel was opened, by the contact or by itself."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.actions.threads import Receipt, answered, contact_of, live_thread, new_thread, receipt_of
from frontdesk.core.change import NOTHING
from frontdesk.core.conversation import ApproachMode, Page
from frontdesk.core.ids import ContactId, MessageId
from frontdesk.core.routing import choose_bot


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPanel:
    """Begin a conversation where none is live and a bot can greet (PROTOCOL section 6, `starts_on`)."""

    contact_id: ContactId
    message_id: MessageId
    mode: ApproachMode
    page: Page

    @property
    def footprint(self) -> Footprint:
        """The contact with its newest conversation."""
        return Footprint(
            contacts=frozenset({self.contact_id}), messages=frozenset({(self.contact_id, self.message_id)})
        )

    def decide(self, case: Case) -> Decision[Receipt]:
        """Return the live conversation, new or not; none where the widget begins with the first message."""
        sent = case.state.sent(self.contact_id, self.message_id)
        if sent is not None:
            return Decision(NOTHING, receipt_of(sent))
        contact = contact_of(case, self.contact_id)
        live = live_thread(case, contact)
        if live is not None:
            return Decision(NOTHING, Receipt(conversation_id=live.conversation.id))
        directory = case.state.directory
        widget = directory.widgets[contact.widget_id]
        greets = widget.starts_on == "open" or self.mode == "proactive"
        if not greets or choose_bot(directory, widget=widget, without=()) is None:
            return Decision(NOTHING, Receipt(conversation_id=None))
        thread = answered(new_thread(case, contact, mode=self.mode, page=self.page), message_id=self.message_id)
        return Decision(thread.change, Receipt(conversation_id=thread.conversation.id))
