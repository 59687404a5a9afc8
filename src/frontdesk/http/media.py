"""The images of carousels, served from the platform's own origin (guarantee S14)."""

from __future__ import annotations

from typing import Protocol

from frontdesk.actions.ports import Reader
from frontdesk.core.entries import Carousel
from frontdesk.core.ids import ConversationId, Seq
from frontdesk.protocol.limits import MAX_INTEGER


class Picture(Protocol):
    """An image whose bytes were checked."""

    @property
    def body(self) -> bytes:
        """The bytes."""
        ...

    @property
    def content_type(self) -> str:
        """What the bytes show to be."""
        ...


class Media(Protocol):
    """Fetches images through the guarded client, and keeps them."""

    async def get(self, url: str) -> Picture | None:
        """Return the image, or None where the URL has none that may be shown."""
        ...


#: Whoever knows the conversation's id may look; the id is random and only its contact has it.
HEADERS = {
    "cache-control": "private, max-age=86400",
    "cross-origin-resource-policy": "cross-origin",
    "content-security-policy": "default-src 'none'; sandbox",
    "content-disposition": "inline",
}


async def picture_of(
    conversation_id: ConversationId, *, seq: Seq, option: int, reader: Reader, media: Media
) -> Picture | None:
    """Return the image of an option, counted from 1, or None."""
    # The number comes from a URL, in which it may have any length; the store's are smaller.
    if not 0 < seq <= MAX_INTEGER:
        return None
    entry = await reader.entry(conversation_id, seq)
    if entry is None or not isinstance(entry.content, Carousel) or not 1 <= option <= len(entry.content.options):
        return None
    url = entry.content.options[option - 1].media
    return None if url is None else await media.get(url)
