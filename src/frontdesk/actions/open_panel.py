"""The widget's panel was opened, by the contact or by itself."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.repeatable import FromContact
from frontdesk.actions.threads import Receipt, answered, contact_of, live_thread, new_thread
from frontdesk.core.change import NOTHING
from frontdesk.core.conversation import ApproachMode, Page
from frontdesk.core.routing import choose_bot


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPanel(FromContact):
    """Begin a conversation where none is live and a bot can greet (bot protocol, «Sessions», `starts_on`)."""

    mode: ApproachMode
    page: Page

    def decide_first(self, case: Case) -> Decision[Receipt]:
        """Return the live conversation, new or not; none where the widget begins with the first message."""
        contact = contact_of(case, self.contact_id)
        live = live_thread(case, contact)
        if live is not None:
            return Decision(NOTHING, Receipt(conversation_id=live.conversation.id))
        directory = case.state.directory
        widget = directory.widgets[contact.widget_id]
        greets = widget.starts_on == "open" or self.mode == "proactive"
        if not greets or choose_bot(directory, widget=widget, without=(), now=case.now) is None:
            return Decision(NOTHING, Receipt(conversation_id=None))
        thread = answered(new_thread(case, contact, mode=self.mode, page=self.page), message_id=self.message_id)
        return Decision(thread.change, Receipt(conversation_id=thread.conversation.id))
