"""What a bot's events do to a conversation (bot protocol, «What a bot may send»)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from frontdesk.core.bot_events import Abort, BotEvent, End, Forward, Request, Show, Type, UpdateContact
from frontdesk.core.entries import Note
from frontdesk.core.ids import GroupId, Seq
from frontdesk.core.people import Directory
from frontdesk.core.refusals import UnknownGroup
from frontdesk.core.replacing import replace
from frontdesk.core.texts import contact_fields
from frontdesk.core.thread import Thread, author_of

EMPTY_CONTEXT = b"{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """The conversation after a bot's events."""

    thread: Thread
    #: The entries that the events made.
    seqs: tuple[Seq, ...]
    #: Paths of the events that follow a terminal one and so had no effect.
    ignored: tuple[str, ...]
    #: Seconds of typing indicator asked for, and not ended by a later event; 0 where there is none to show.
    typing_s: float


def take_turn(thread: Thread, events: Sequence[BotEvent]) -> Turned:
    """Apply the events in order through the first terminal one. Raises Malformed; then nothing has any effect."""
    before = thread.conversation.last_seq
    typing_s = 0.0
    applied = 0
    for event in events:
        typing_s = _typing_after(event.request, typing_s)
        thread = _apply(_with_context(thread, event.context), event)
        applied += 1
        if not thread.in_charge:
            break
    last = thread.conversation.last_seq
    return Turned(
        thread=thread.active() if events else thread,
        seqs=tuple(Seq(seq) for seq in range(before + 1, last + 1)),
        ignored=tuple(event.path for event in events[applied:]),
        typing_s=typing_s,
    )


def _typing_after(request: Request, before: float) -> float:
    """Return the seconds of typing to show after the event; what the contact does not see ends none."""
    match request:
        case Type(seconds=seconds):
            return seconds
        case UpdateContact() | Show(content=Note()):
            return before
        case _:
            return 0.0


def _with_context(thread: Thread, context: bytes | None) -> Thread:
    """Replace the stored context whole; an empty one keeps what is there (the seed, «Keeping state»)."""
    if thread.session is None or context is None or context == EMPTY_CONTEXT:
        return thread
    return replace(thread, session=replace(thread.session, context=context))


def _apply(thread: Thread, event: BotEvent) -> Thread:
    if thread.session is None:
        raise LookupError("the thread has no session")
    author = author_of(thread.bot, thread.session)
    match event.request:
        case Show(content=content):
            return thread.append(author, content)
        case UpdateContact() as fields:
            return _update_contact(thread, fields, path=f"{event.path}.packet.payload")
        case Type():
            return thread
        case Abort():
            told_by = thread.next_seq
            return thread.wait(group_id=None, reason="aborted").close_session("ended", told_by=told_by)
        case Forward(group=group):
            group_id = None if group is None else _group(thread.given.directory, group, path=event.path)
            told_by = thread.next_seq
            return thread.wait(group_id=group_id, reason="forwarded").close_session("forwarded", told_by=told_by)
        case End():
            told_by = thread.next_seq
            return thread.end("bot_ended").close_session("ended", told_by=told_by)
        case _ as unknown:
            assert_never(unknown)


def _update_contact(thread: Thread, fields: UpdateContact, *, path: str) -> Thread:
    if thread.session is None:
        raise LookupError("the thread has no session")
    updated = contact_fields(name=fields.name, email=fields.email, mobile_number=fields.mobile_number, path=path)
    contact = replace(
        thread.contact,
        name=updated.name or thread.contact.name,
        email=updated.email or thread.contact.email,
        mobile_number=updated.mobile_number or thread.contact.mobile_number,
    )
    return replace(thread, contact=contact).append(author_of(thread.bot, thread.session), updated)


def _group(directory: Directory, group: int | str, *, path: str) -> GroupId:
    """Return the group by its number or its name. Raises UnknownGroup, which names those there are."""
    if isinstance(group, int) and GroupId(group) in directory.groups:
        return GroupId(group)
    named = directory.group_named(group) if isinstance(group, str) else None
    if named is not None:
        return named.id
    known = ", ".join(f"{one.id} ({one.name})" for one in directory.groups.values()) or "none"
    raise UnknownGroup(f"there is no group {group!r}; the groups are: {known}", path=f"{path}.packet.payload.group_id")
