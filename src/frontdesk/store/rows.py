"""Turns the records of conversations into rows of their tables and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeAlias

import msgspec

from frontdesk.core.attempt import Attempt
from frontdesk.core.change import Remembered
from frontdesk.core.conversation import Conversation, Offered, Page
from frontdesk.core.entries import Entry
from frontdesk.core.ids import BotId, Instant
from frontdesk.core.people import Bot, Contact, Group, Widget
from frontdesk.core.session import Closed, Head, Session
from frontdesk.store.records import AUTHORS, CHARGES, CONTENTS, to_json

#: A row as the database takes and gives it; which columns it has is said in queries/*.sql.
Row: TypeAlias = tuple[Any, ...]

_json = msgspec.json.Decoder().decode
_page = msgspec.json.Decoder(Page).decode
_offered = msgspec.json.Decoder(Offered).decode
_bots = msgspec.json.Decoder(tuple[BotId, ...]).decode
_calls = msgspec.json.Decoder(tuple[Instant, ...]).decode
_attempt = msgspec.json.Decoder(Attempt).decode
_widget = msgspec.json.Decoder(Widget).decode
_bot = msgspec.json.Decoder(Bot).decode

_CONTACT_COLUMNS = frozenset(
    {
        "id",
        "widget_id",
        "token_sha256",
        "previous_token_sha256",
        "token_issued_at",
        "created_at",
        "conversation_id",
        "conversations",
    }
)
_PROFILE = tuple(one.name for one in fields(Contact) if one.name not in _CONTACT_COLUMNS)


def contact_row(one: Contact) -> Row:
    """Return the columns of a contact; what SQL never reads goes into `profile`, without what is not known."""
    profile = {name: value for name in _PROFILE if (value := getattr(one, name)) is not None}
    return (
        one.id,
        one.widget_id,
        one.token_sha256,
        one.previous_token_sha256,
        one.token_issued_at,
        one.created_at,
        one.conversation_id,
        one.conversations,
        to_json(profile) if profile else "{}",
    )


def contact_of(row: Row) -> Contact:
    """Return the contact of a row."""
    profile = {} if row[8] == "{}" else _json(row[8])
    return Contact(
        id=row[0],
        widget_id=row[1],
        token_sha256=row[2],
        previous_token_sha256=row[3],
        token_issued_at=row[4],
        created_at=row[5],
        conversation_id=row[6],
        conversations=row[7],
        **profile,
    )


def conversation_row(one: Conversation) -> Row:
    """Return the columns of a conversation."""
    return (
        one.id,
        one.widget_id,
        one.contact_id,
        one.created_at,
        *CHARGES.pack(one.charge),
        one.last_seq,
        one.approach_mode,
        to_json(one.page),
        one.previous,
        int(one.spoken),
        to_json(one.bots),
        one.active_at,
        one.expires_at,
        one.seen_seq,
        None if one.offered is None else to_json(one.offered),
    )


def conversation_of(row: Row) -> Conversation:
    """Return the conversation of a row."""
    return Conversation(
        id=row[0],
        widget_id=row[1],
        contact_id=row[2],
        created_at=row[3],
        charge=CHARGES.unpack(row[4], row[5]),
        last_seq=row[6],
        approach_mode=row[7],
        page=_page(row[8]),
        previous=row[9],
        spoken=bool(row[10]),
        bots=_bots(row[11]),
        active_at=row[12],
        expires_at=row[13],
        seen_seq=row[14],
        offered=None if row[15] is None else _offered(row[15]),
    )


_NO_HEAD = (None,) * 11


def session_row(one: Session) -> Row:
    """Return the columns of a session; the head's body and the context stay the bytes they are."""
    closed = one.closed
    return (
        one.cid,
        one.conversation_id,
        one.bot_id,
        one.opened_at,
        one.context,
        closed.at if closed else None,
        closed.reason if closed else None,
        closed.seq if closed else None,
        one.cursor,
        one.events,
        to_json(one.calls),
        *(_head_columns(one.head) if one.head else _NO_HEAD),
    )


def _head_columns(head: Head) -> Row:
    return (
        head.event_id,
        head.packet,
        head.entry_seq,
        head.body,
        head.since,
        head.deadline,
        head.attempt,
        head.attempt_at,
        head.lease_until,
        head.patience_at,
        head.holder,
    )


def session_of(row: Row) -> Session:
    """Return the session of a row."""
    return Session(
        cid=row[0],
        conversation_id=row[1],
        bot_id=row[2],
        opened_at=row[3],
        context=row[4],
        closed=None if row[5] is None else Closed(at=row[5], reason=row[6], seq=row[7]),
        cursor=row[8],
        events=row[9],
        calls=_calls(row[10]),
        head=None if row[11] is None else _head_of(row),
    )


def _head_of(row: Row) -> Head:
    return Head(
        event_id=row[11],
        packet=row[12],
        entry_seq=row[13],
        body=row[14],
        since=row[15],
        deadline=row[16],
        attempt=row[17],
        attempt_at=row[18],
        lease_until=row[19],
        patience_at=row[20],
        holder=row[21] or "",
    )


def entry_row(one: Entry) -> Row:
    """Return the columns of an entry."""
    return (
        one.conversation_id,
        one.seq,
        one.contact_id,
        one.at,
        *AUTHORS.pack(one.author),
        *CONTENTS.pack(one.content),
        one.message_id,
        one.answers,
    )


def entry_of(row: Row) -> Entry:
    """Return the entry of a row."""
    return Entry(
        conversation_id=row[0],
        seq=row[1],
        contact_id=row[2],
        at=row[3],
        author=AUTHORS.unpack(row[4], row[5]),
        content=CONTENTS.unpack(row[6], row[7]),
        message_id=row[8],
        answers=row[9],
    )


def attempt_row(one: Attempt) -> Row:
    """Return the columns of an attempt; `record` is the whole of it, the others are for finding it."""
    return (one.id, one.bot_id, one.cid, one.conversation_id, one.started_at, one.outcome, to_json(one))


def attempt_of(row: Row) -> Attempt:
    """Return the attempt of a row that holds its `record`."""
    return _attempt(row[0])


def remembered_row(one: Remembered) -> Row:
    """Return the columns of a remembered answer."""
    return (one.bot_id, one.key, one.body_sha256, one.status, one.answer, one.at)


def remembered_of(row: Row) -> Remembered:
    """Return the remembered answer of a row."""
    return Remembered(bot_id=row[0], key=row[1], body_sha256=row[2], status=row[3], answer=row[4], at=row[5])


def widget_row(one: Widget) -> Row:
    """Return the columns of a widget; `record` is the whole of it."""
    return (one.id, one.key, to_json(one))


def widget_of(row: Row) -> Widget:
    """Return the widget of a row that holds its `record`."""
    return _widget(row[0])


def group_row(one: Group) -> Row:
    """Return the columns of a group."""
    return (one.id, one.name)


def group_of(row: Row) -> Group:
    """Return the group of a row."""
    return Group(id=row[0], name=row[1])


def bot_row(one: Bot) -> Row:
    """Return the columns of a bot; `record` is the whole of it."""
    return (one.id, one.public_id, to_json(one))


def bot_of(row: Row) -> Bot:
    """Return the bot of a row that holds its `record`."""
    return _bot(row[0])
