"""The contact writes a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.repeatable import FromContact
from frontdesk.actions.threads import (
    CONTACT,
    Receipt,
    answered,
    contact_of,
    live_thread,
    log_of,
    new_thread,
)
from frontdesk.core.conversation import Offered, Page
from frontdesk.core.entries import Click, Entry, Message
from frontdesk.core.lane import MAX_BACKLOG, advance, backlog
from frontdesk.core.sessions import fall_back
from frontdesk.core.texts import message_body
from frontdesk.core.thread import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(FromContact):
    """Add the text to the live conversation, or begin one with it."""

    body: str
    page: Page

    def decide_first(self, case: Case) -> Decision[Receipt]:
        """Return the message's entry. Raises TextEmpty or TextTooLong."""
        body = message_body(self.body)
        contact = contact_of(case, self.contact_id)
        live = live_thread(case, contact)
        # A bot's session starts before the message is added, so that its lane holds `start` first and then the message.
        thread = live or answered(new_thread(case, contact, mode="normal", page=self.page))
        log = log_of(case, live) if live else ()
        seq = thread.next_seq
        thread = self._add(thread, body).spoke()
        thread = self._hand_on(thread, log=log)
        return Decision(thread.change, Receipt(conversation_id=thread.conversation.id, seq=seq))

    def _add(self, thread: Thread, body: str) -> Thread:
        offered = thread.conversation.offered
        option = _typed_option(offered, body) if thread.in_charge and thread.bot.typed_options else None
        if offered is None or option is None:
            return thread.append(CONTACT, Message(body=body), message_id=self.message_id)
        click = Click(option=option, headline=offered.headlines[option - 1], element=offered.element)
        return thread.append(CONTACT, click, message_id=self.message_id, answers=offered.seq)

    @staticmethod
    def _hand_on(thread: Thread, *, log: Sequence[Entry]) -> Thread:
        if thread.session is None:
            return thread
        waiting = backlog([*log, *thread.entries], session=thread.session, bot=thread.bot)
        if thread.in_charge and len(waiting) > MAX_BACKLOG and thread.session.head is not None:
            return fall_back(thread, fault="backlog", attempts=thread.session.head.attempt, log=log)
        return advance(thread, log=log)


def _typed_option(offered: Offered | None, body: str) -> int | None:
    """Return which option, from 1, the text names by its number or its words; None where it names none."""
    if offered is None:
        return None
    text = body.strip()
    if text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= len(offered.headlines):
        return int(text)
    folded = [headline.strip().casefold() for headline in offered.headlines]
    return folded.index(text.casefold()) + 1 if text.casefold() in folded else None
