"""The conversation that a command is about, taken from the loaded records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.actions.ports import Case
from frontdesk.core.charge import Waiting, WithBot
from frontdesk.core.conversation import ApproachMode, Conversation, Page
from frontdesk.core.entries import ByContact, Entry
from frontdesk.core.given import Given
from frontdesk.core.ids import Cid, ContactId, ConversationId, MessageId, Seq
from frontdesk.core.people import Contact
from frontdesk.core.refusals import UnknownCid, UnknownContact, UnknownEntry
from frontdesk.core.replacing import replace
from frontdesk.core.routing import choose_bot
from frontdesk.core.session import Session
from frontdesk.core.sessions import start_session
from frontdesk.core.thread import Thread

CONTACT = ByContact()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a contact's command came to: the conversation and, where it made one, the entry."""

    conversation_id: ConversationId | None
    seq: Seq | None = None


def receipt_of(entry: Entry) -> Receipt:
    """Return the receipt for an entry, also when the command that made it is sent again."""
    return Receipt(conversation_id=entry.conversation_id, seq=entry.seq)


def contact_of(case: Case, contact_id: ContactId) -> Contact:
    """Return the contact. Raises UnknownContact."""
    contact = case.state.contact(contact_id)
    if contact is None:
        raise UnknownContact
    return contact


def thread_of_conversation(case: Case, conversation: Conversation) -> Thread:
    """Return the conversation, with the session that is in charge of it."""
    session = None
    if isinstance(conversation.charge, WithBot):
        session = case.state.session(conversation.charge.cid)
    return _thread(case, conversation, session=session)


def thread_of_session(case: Case, cid: Cid) -> Thread:
    """Return the conversation of the session, with that session, in charge or not. Raises UnknownCid."""
    session = case.state.session(cid)
    conversation = case.state.conversation(session.conversation_id) if session else None
    if session is None or conversation is None:
        raise UnknownCid
    return _thread(case, conversation, session=session)


def _thread(case: Case, conversation: Conversation, *, session: Session | None) -> Thread:
    return Thread(
        given=given(case),
        widget=case.state.directory.widgets[conversation.widget_id],
        contact=contact_of(case, conversation.contact_id),
        conversation=conversation,
        session=session,
    )


def live_thread(case: Case, contact: Contact) -> Thread | None:
    """Return the contact's live conversation, or None."""
    if contact.conversation_id is None:
        return None
    conversation = case.state.conversation(contact.conversation_id)
    if conversation is None or not conversation.live:
        return None
    return thread_of_conversation(case, conversation)


def own_conversation(case: Case, contact_id: ContactId, conversation_id: ConversationId) -> Conversation:
    """Return the contact's own conversation. Raises UnknownEntry, also for somebody else's (guarantee S2)."""
    conversation = case.state.conversation(conversation_id)
    if conversation is None or conversation.contact_id != contact_id:
        raise UnknownEntry
    return conversation


def new_thread(case: Case, contact: Contact, *, mode: ApproachMode, page: Page) -> Thread:
    """Return a conversation that has just begun and has no entry yet."""
    conversation = Conversation(
        id=ConversationId(f"cv_{case.fresh.hex()}"),
        widget_id=contact.widget_id,
        contact_id=contact.id,
        created_at=case.now,
        active_at=case.now,
        charge=Waiting(group_id=None, since=case.now, reason="nobody"),
        last_seq=Seq(0),
        approach_mode=mode,
        page=page,
        previous=contact.conversations,
    )
    contact = replace(contact, conversation_id=conversation.id, conversations=contact.conversations + 1)
    return Thread(
        given=given(case),
        widget=case.state.directory.widgets[contact.widget_id],
        contact=contact,
        conversation=conversation,
    )


def answered(thread: Thread, *, message_id: MessageId | None = None) -> Thread:
    """Return the new conversation with somebody in charge: a bot, or nobody yet."""
    bot = choose_bot(thread.given.directory, widget=thread.widget, without=thread.conversation.bots)
    if bot is None:
        return thread.wait(group_id=None, reason="nobody")
    return start_session(thread, bot, cursor=thread.conversation.last_seq, message_id=message_id)


def log_of(case: Case, thread: Thread) -> Sequence[Entry]:
    """Return the entries after the cursor of the thread's session."""
    return case.state.after_cursor(thread.session.cid) if thread.session else ()


def given(case: Case) -> Given:
    """Return the outside world of the decision, in the core's words."""
    return Given(now=case.now, fresh=case.fresh, scribe=case.scribe, directory=case.state.directory, holder=case.holder)
