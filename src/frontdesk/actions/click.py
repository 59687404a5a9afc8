"""The contact clicks an option of bubbles or of a carousel."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Case, Decision
from frontdesk.actions.repeatable import OnEntry
from frontdesk.actions.threads import (
    CONTACT,
    Receipt,
    log_of,
    own_conversation,
    thread_of_conversation,
)
from frontdesk.core import entries
from frontdesk.core.entries import Bubbles, ByBot, Carousel, Entry
from frontdesk.core.lane import advance
from frontdesk.core.refusals import AlreadySettled, ConversationOver, UnknownEntry, UnknownOption
from frontdesk.core.thread import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Click(OnEntry):
    """Choose an option; one click answers, then the buttons rest (bot protocol, «What a bot may send», guarantee B8)."""

    #: From 1.
    option: int

    def decide_first(self, case: Case) -> Decision[Receipt]:
        """Return the click's entry. Raises UnknownEntry, UnknownOption, AlreadySettled or ConversationOver."""
        conversation = own_conversation(case, self.contact_id, self.conversation_id)
        offer = case.state.entry(self.conversation_id, self.seq)
        if offer is None:
            raise UnknownEntry
        content = self._chosen(offer)
        if case.state.answer_to(self.conversation_id, self.seq) is not None:
            raise AlreadySettled
        thread = thread_of_conversation(case, conversation)
        if not _offered_by_session(offer, thread):
            raise ConversationOver("these buttons rest: who offered them has left the conversation")
        log = log_of(case, thread)
        seq = thread.next_seq
        thread = thread.append(CONTACT, content, message_id=self.message_id, answers=self.seq).spoke()
        thread = advance(thread, log=log)
        return Decision(thread.change, Receipt(conversation_id=self.conversation_id, seq=seq))

    def _chosen(self, offer: Entry) -> entries.Click:
        match offer.content:
            case Bubbles(options=options):
                return entries.Click(option=self.option, headline=self._pick(options), element="bubbles")
            case Carousel(options=cards):
                headlines = tuple(card.headline for card in cards)
                return entries.Click(option=self.option, headline=self._pick(headlines), element="carousel")
            case _:
                raise UnknownEntry("this entry has no options")

    def _pick(self, headlines: tuple[str, ...]) -> str:
        if not 1 <= self.option <= len(headlines):
            raise UnknownOption(f"there is no option {self.option}; the options are 1 to {len(headlines)}")
        return headlines[self.option - 1]


def _offered_by_session(offer: Entry, thread: Thread) -> bool:
    author = offer.author
    return (
        isinstance(author, ByBot)
        and thread.in_charge
        and thread.session is not None
        and author.cid == thread.session.cid
    )
