"""Core to wire, towards widgets: entries and views as the contact's browser draws them."""

from __future__ import annotations

from typing import assert_never

import msgspec

from frontdesk.core.audience import for_contact
from frontdesk.core.conversation import Conversation
from frontdesk.core.entries import (
    Author,
    BotFailed,
    Bubbles,
    ByBot,
    ByContact,
    BySystem,
    Card,
    Carousel,
    Click,
    ContactUpdated,
    ConversationEnded,
    Entry,
    Joined,
    Message,
    Navigate,
    Navigated,
    Note,
    Notice,
    Queued,
)
from frontdesk.core.people import Widget
from frontdesk.protocol import widget as wire

_encoder = msgspec.json.Encoder()


def encode(frame: wire.PlatformFrame) -> str:
    """Write a frame as the text that is sent."""
    return _encoder.encode(frame).decode()


def widget_look(widget: Widget) -> wire.WidgetLook:
    """Return how the widget looks and behaves."""
    return wire.WidgetLook(
        name=widget.name,
        language=widget.language,
        accent=widget.look.accent,
        side=widget.look.side,
        title=widget.look.title,
        welcome=widget.look.welcome,
        approach_mode=widget.approach_mode,
        proactive_after_s=widget.proactive_after_s,
    )


def conversation_view(conversation: Conversation) -> wire.ConversationView:
    """Return the conversation as its contact sees it."""
    return wire.ConversationView(id=conversation.id, last_seq=conversation.last_seq, seen_seq=conversation.seen_seq)


def media_path(entry: Entry, option: int) -> str:
    """Return where the platform serves the image of a carousel's option, counted from 1."""
    return f"/media/{entry.conversation_id}/{entry.seq}/{option}"


def entry_view(entry: Entry) -> wire.WidgetEntry:
    """Return the entry as its contact sees it; one that is not for the contact only keeps its number."""
    seq, at, author, message_id = entry.seq, entry.at, _author(entry.author), entry.message_id
    of = entry.answers or 0
    if not for_contact(entry):
        return wire.HiddenEntry(seq=seq, at=at, author=wire.Author(kind="system"))
    match entry.content:
        case Message(body=body, format=form):
            return wire.MessageEntry(seq=seq, at=at, author=author, message_id=message_id, body=body, format=form)
        case Bubbles(body=body, options=options):
            return wire.BubblesEntry(seq=seq, at=at, author=author, body=body, options=list(options))
        case Carousel(body=body, options=cards):
            views = [_card(entry, card, option) for option, card in enumerate(cards, start=1)]
            return wire.CarouselEntry(seq=seq, at=at, author=author, body=body, options=views)
        case Click(option=option, headline=headline):
            return wire.ClickEntry(
                seq=seq, at=at, author=author, message_id=message_id, of=of, option=option, headline=headline
            )
        case Navigate(url=url, fallback=fallback):
            return wire.NavigateEntry(seq=seq, at=at, author=author, url=url, fallback=fallback)
        case Navigated(followed=followed):
            return wire.NavigatedEntry(seq=seq, at=at, author=author, message_id=message_id, of=of, followed=followed)
        case Joined() | Queued() | Notice() | ConversationEnded():
            return _line(entry, author=author)
        case Note() | BotFailed() | ContactUpdated():
            raise AssertionError("the audience keeps this entry from the contact")
        case _ as unknown:
            assert_never(unknown)


def _line(entry: Entry, *, author: wire.Author) -> wire.WidgetEntry:
    """Return an entry by which the platform tells how the conversation stands."""
    seq, at, message_id = entry.seq, entry.at, entry.message_id
    match entry.content:
        case Joined():
            return wire.JoinedEntry(seq=seq, at=at, author=author, message_id=message_id)
        case Queued(reason=reason):
            return wire.QueuedEntry(seq=seq, at=at, author=author, reason=reason)
        case Notice(code=code, text=text):
            return wire.NoticeEntry(seq=seq, at=at, author=author, message_id=message_id, code=code, text=text)
        case ConversationEnded(reason=why):
            return wire.EndedEntry(seq=seq, at=at, author=author, message_id=message_id, reason=why)
        case _:
            raise AssertionError("not a line of the platform")


def _card(entry: Entry, card: Card, option: int) -> wire.CardView:
    media = media_path(entry, option) if card.media else None
    return wire.CardView(headline=card.headline, subheadline=card.subheadline, media=media)


def _author(author: Author) -> wire.Author:
    match author:
        case ByContact():
            return wire.Author(kind="contact")
        case ByBot(name=name):
            return wire.Author(kind="bot", name=name)
        case BySystem():
            return wire.Author(kind="system")
        case _ as unknown:
            assert_never(unknown)
