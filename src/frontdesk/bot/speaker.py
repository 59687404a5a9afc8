"""What a bot can say and do in a session: collected in order, then sent as one list that holds or fails as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from frontdesk.bot.context import Context
from frontdesk.bot.errors import AlreadyOver, InvalidEvent
from frontdesk.protocol import events
from frontdesk.protocol.answer import decode_answer
from frontdesk.protocol.faults import InvalidDocument

#: The key of the context that `step` is kept under.
STEP = "step"


class Speaker:
    """Collects events for one session. Every method checks its arguments as the platform will.

    Nothing leaves while a handler runs, so a handler that fails half-way has said nothing. All methods raise
    `InvalidEvent` where the protocol does not allow what is asked for, and `AlreadyOver` after `end`,
    `abort` or `forward`.
    """

    def __init__(self, *, cid: str, context: Context) -> None:
        #: The session's id.
        self.cid = cid
        #: What the platform keeps for this session.
        self.context = context
        self._packets: list[events.EventPacket] = []
        self._over = False

    @property
    def step(self) -> str | None:
        """Where the talk is, in the bot's own word: `@bot.on_message(step="email")` asks for it. Kept in the context.

        Setting it to None forgets it.
        """
        value = self.context.get(STEP)
        return value if isinstance(value, str) else None

    @step.setter
    def step(self, value: str | None) -> None:
        if value is None:
            self.context.pop(STEP, None)
        else:
            self.context[STEP] = value

    @property
    def over(self) -> bool:
        """Whether `end`, `abort` or `forward` was called."""
        return self._over

    def reply(self, text: str, *, markdown: bool = False) -> None:
        """Send a message. With `markdown`, emphasis, links, lists and code are drawn."""
        self._add(events.MessageEvent(events.MessagePayload(body=text, format="markdown" if markdown else "plain")))

    def bubbles(self, text: str, options: Sequence[str], *, fallback: str | None = None) -> None:
        """Send a message with buttons, 1 to 20 of them; a click comes back with its number, from 1.

        `fallback` is added as text on channels that cannot draw buttons.
        """
        self._add(events.BubblesEvent(events.BubblesPayload(body=text, options=list(options), fallback=fallback)))

    def carousel(self, text: str, cards: Sequence[events.Card], *, fallback: str | None = None) -> None:
        """Send a message with cards, 1 to 20 of them: `Card(headline=…, subheadline=…, media="https://…")`."""
        payload = events.CarouselPayload(body=text, options=list(cards), fallback=fallback)
        self._add(events.CarouselEvent(payload))

    def navigate(self, url: str, *, fallback: str | None = None) -> None:
        """Take the contact's browser to `url`, which has to be on the host of the page it is on.

        Where that cannot be, `fallback` is shown as a message, with `{{link}}` replaced by the URL.
        """
        self._add(events.NavigateEvent(events.NavigatePayload(url=url, fallback=fallback)))

    def update_contact(
        self, *, name: str | None = None, email: str | None = None, mobile_number: str | None = None
    ) -> None:
        """Change what is known about the contact; None leaves a field as it is."""
        payload = events.ContactUpdatePayload(name=name, email=email, mobile_number=mobile_number)
        self._add(events.ContactUpdateEvent(payload))

    def typing(self, seconds: float = 10) -> None:
        """Show that an answer is being written, until the next message or for so many seconds (up to 60)."""
        self._add(events.TypingEvent(events.TypingPayload(seconds=seconds)))

    def note(self, text: str) -> None:
        """Leave a note that operators see and the contact does not."""
        self._add(events.NoteEvent(events.NotePayload(body=text)))

    def forward(self, group: int | str | None = None) -> None:
        """Hand the conversation to a human of this group (its number or name), or to any human. Ends the session."""
        if group is None:
            self._finish(events.ForwardAnyEvent())
        else:
            self._finish(events.ForwardGroupEvent(events.ForwardGroupPayload(group_id=group)))

    def abort(self) -> None:
        """Leave; the conversation goes on like any other, without the bot. Ends the session."""
        self._finish(events.AbortEvent())

    def end(self) -> None:
        """End the conversation and the session."""
        self._finish(events.EndEvent())

    def _finish(self, packet: events.EventPacket) -> None:
        self._add(packet)
        self._over = True

    def _add(self, packet: events.EventPacket) -> None:
        if self._over:
            name = packet.__struct_config__.tag
            raise AlreadyOver(f"The session is over after end, abort or forward; {name} would have no effect.")
        written = msgspec.json.encode({"packet": packet})
        _check(written)
        self._packets.append(packet)

    def written(self, newest: Mapping[str, Any]) -> list[events.BotEvent]:
        """The events as the list that is sent, with the context on the first where it changed.

        A changed context needs an event to travel on: where there is none, a typing indicator of no length.
        """
        context = self.context.merged_into(newest)
        packets = list(self._packets)
        if context is not None and not packets:
            packets.append(events.TypingEvent(events.TypingPayload(seconds=0)))
        plain = events.EventInfo(cid=self.cid)
        first = plain if context is None else events.EventInfo(cid=self.cid, context=_raw(context))
        written = [
            events.BotEvent(info=plain if place else first, packet=packet) for place, packet in enumerate(packets)
        ]
        _check(msgspec.json.encode(written))
        return written


def _raw(context: Mapping[str, Any]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(context))


def _check(written: bytes) -> None:
    try:
        decode_answer(written, cid_required=False)
    except InvalidDocument as error:
        raise InvalidEvent("\n".join(f"{fault.path}: {fault.message}" for fault in error.errors)) from error
