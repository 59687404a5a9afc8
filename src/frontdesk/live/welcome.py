"""The first frame that a widget gets: all it needs to draw."""

from __future__ import annotations

from frontdesk.actions.ports import Snapshot
from frontdesk.core.people import Widget
from frontdesk.live.recognition import Recognised
from frontdesk.protocol.widget import Welcome
from frontdesk.wire.frames import conversation_view, entry_view, widget_look


def welcome(recognised: Recognised, *, widget: Widget, snapshot: Snapshot | None, epoch: str) -> Welcome:
    """Return the answer to `hello`."""
    look = widget_look(widget)
    if snapshot is None:
        known = recognised.contact.email is not None
        return Welcome(token=recognised.token, epoch=epoch, widget=look, email_known=known)
    return Welcome(
        token=recognised.token,
        epoch=epoch,
        widget=look,
        conversation=conversation_view(snapshot.conversation) if snapshot.conversation else None,
        resumed=snapshot.resumed,
        entries=[entry_view(one) for one in snapshot.entries],
        email_known=snapshot.contact.email is not None,
    )
