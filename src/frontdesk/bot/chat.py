"""A handler's view of one event: who wrote, what, and everything to answer with."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec

from frontdesk.bot.context import Context
from frontdesk.bot.speaker import Speaker
from frontdesk.protocol import webhook

if TYPE_CHECKING:
    from frontdesk.bot.door import Admitted
    from frontdesk.bot.later import LateChat

Given = ParamSpec("Given")
EventName = Literal["start", "message", "click", "session_ended", "forward_failed", "file"]


class Chat(Speaker):
    """One event of one session. What is collected here is the answer, sent when the handler returns."""

    def __init__(self, admitted: Admitted) -> None:
        call = admitted.call
        super().__init__(cid=call.info.cid, context=Context(admitted.context))
        #: The same for every delivery of one event.
        self.event_id = admitted.event_id
        #: The event's number in its session, from 1.
        self.seq = call.info.seq
        #: The person, as far as known when the event was sent.
        self.contact = call.info.contact
        self.widget = call.info.widget
        self.conversation = call.info.conversation
        #: `proactive` where the chat opened by itself, else `normal`.
        self.approach_mode = call.info.approach_mode
        #: Whether a human could take this conversation now.
        self.operators_online = call.info.operators_online
        #: The event as it came.
        self.packet = call.packet
        #: What the pattern of the handler found in `text`.
        self.match: re.Match[str] | None = None
        self._later: list[Callable[[LateChat], Awaitable[None]]] = []

    @property
    def event(self) -> EventName:
        """The event's name, as `start` or `message`."""
        name: EventName = self.packet.__struct_config__.tag  # type: ignore[assignment]  # the tags are these names
        return name

    @property
    def text(self) -> str:
        """What the contact wrote, or the text of the button that was clicked; else empty."""
        match self.packet:
            case webhook.MessagePacket(payload=payload):
                return payload.body
            case webhook.ClickPacket(payload=payload):
                return payload.headline
            case _:
                return ""

    @property
    def option(self) -> int | None:
        """The number of the clicked option, from 1."""
        return self.packet.payload.option if isinstance(self.packet, webhook.ClickPacket) else None

    @property
    def headline(self) -> str | None:
        """The text of the clicked option."""
        return self.packet.payload.headline if isinstance(self.packet, webhook.ClickPacket) else None

    @property
    def work_for_later(self) -> Sequence[Callable[[LateChat], Awaitable[None]]]:
        """What was given to `later`."""
        return tuple(self._later)

    def later(
        self,
        work: Callable[Concatenate[LateChat, Given], Awaitable[None]],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> None:
        """Do something that takes long after this answer: `work(late, *args)`, in the background.

        `late` is a chat as this one; what is collected there is posted to the API URL when `work` returns, or
        earlier with `await late.send()`. Work starts only if the handler succeeds, and posts after its answer.
        """
        self._later.append(lambda late: work(late, *args, **kwargs))
