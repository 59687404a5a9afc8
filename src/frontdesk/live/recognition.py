"""Recognising a contact by the token in the browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from frontdesk.actions.meet import Meet
from frontdesk.actions.ports import Ledger, Reader
from frontdesk.core.ids import ContactId, Instant
from frontdesk.core.people import Contact, Widget

#: A token is replaced after a day.
TOKEN_AGE_MS = 24 * 3600 * 1000
#: `secrets.token_urlsafe(32)` has 43 characters; longer ones are not ours.
_TOKEN_LENGTH = 43


def sha256(token: str) -> str:
    """Return the hash under which a token is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A contact, and the token that the browser keeps from now on."""

    contact: Contact
    token: str


class Recognition:
    """Finds or creates the contact of a browser, and renews its token.

    A new token follows from the old one and the contact's id, which no browser knows; so two tabs that renew one token
    at once get the same new one, whichever of them the browser keeps.
    """

    def __init__(self, *, ledger: Ledger, reader: Reader, now: Callable[[], Instant]) -> None:
        self._ledger = ledger
        self._reader = reader
        self._now = now

    async def recognise(self, token: str | None, *, widget: Widget, locale: str | None = None) -> Recognised:
        """Return the widget's contact with this token, or a new one. Raises StoreUnavailable."""
        known = None
        if token is not None and len(token) == _TOKEN_LENGTH:
            known = await self._reader.contact_by_token(widget.id, sha256(token))
        if known is None or token is None:
            made = ContactId(f"ct_{secrets.token_hex(16)}")
            return await self._met(made, token=secrets.token_urlsafe(32), widget=widget, locale=locale)
        following = _following(known.id, token)
        if _hashes_to(known, token):
            return await self._kept(known, token=token, widget=widget)
        if _hashes_to(known, following):
            return Recognised(contact=known, token=following)
        return await self._met(known.id, token=following, widget=widget)

    async def _kept(self, contact: Contact, *, token: str, widget: Widget) -> Recognised:
        if self._now() - contact.token_issued_at >= TOKEN_AGE_MS:
            return await self._met(contact.id, token=_following(contact.id, token), widget=widget)
        if contact.previous_token_sha256 is not None:
            return await self._met(contact.id, token=token, widget=widget)
        return Recognised(contact=contact, token=token)

    async def _met(self, contact_id: ContactId, *, token: str, widget: Widget, locale: str | None = None) -> Recognised:
        command = Meet(contact_id=contact_id, widget_id=widget.id, token_sha256=sha256(token), locale=locale)
        return Recognised(contact=await self._ledger.run(command), token=token)


def _hashes_to(contact: Contact, token: str) -> bool:
    return hmac.compare_digest(sha256(token).encode(), contact.token_sha256.encode())


def _following(contact_id: ContactId, token: str) -> str:
    digest = hmac.new(contact_id.encode(), token.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
