"""A browser says hello: its contact is recognised, or made."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision, Footprint
from frontdesk.core.change import NOTHING, Change
from frontdesk.core.ids import ContactId, WidgetId
from frontdesk.core.people import Contact
from frontdesk.core.refusals import UnknownContact, UnknownWidget
from frontdesk.core.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    """Know the contact by a token's hash from now on.

    A new hash becomes the contact's token and the one before it stays valid, so that an answer lost on the way locks
    nobody out. The hash that is there already ends the previous one: the browser has shown that it has the new token.
    """

    contact_id: ContactId
    widget_id: WidgetId
    token_sha256: str
    locale: str | None = None

    @property
    def footprint(self) -> Footprint:
        """The contact."""
        return Footprint(contacts=frozenset({self.contact_id}))

    def decide(self, case: Case) -> Decision[Contact]:
        """Return the contact. Raises UnknownWidget, or UnknownContact for a contact of another widget."""
        if self.widget_id not in case.state.directory.widgets:
            raise UnknownWidget
        contact = case.state.contact(self.contact_id)
        if contact is None:
            made = Contact(
                id=self.contact_id,
                widget_id=self.widget_id,
                token_sha256=self.token_sha256,
                token_issued_at=case.now,
                created_at=case.now,
                locale=self.locale,
            )
            return Decision(Change(contacts=(made,)), made)
        if contact.widget_id != self.widget_id:
            raise UnknownContact
        known = self._known(contact, case)
        return Decision(NOTHING if known == contact else Change(contacts=(known,)), known)

    def _known(self, contact: Contact, case: Case) -> Contact:
        if self.token_sha256 == contact.token_sha256:
            return replace(contact, previous_token_sha256=None, locale=self.locale or contact.locale)
        return replace(
            contact,
            token_sha256=self.token_sha256,
            previous_token_sha256=contact.token_sha256,
            token_issued_at=case.now,
            locale=self.locale or contact.locale,
        )
