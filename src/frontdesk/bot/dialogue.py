"""Dialogues: test a bot as a contact would try it, over the real wire format and without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from time import time
from types import TracebackType
from typing import Any, Literal, Self

import msgspec

from frontdesk.bot.bot import Bot
from frontdesk.bot.client import ApiClient, Patience
from frontdesk.bot.stage import Line, Outcome, Stage
from frontdesk.protocol import events, webhook
from frontdesk.protocol.answer import decode_answer
from frontdesk.protocol.faults import InvalidDocument

#: How long work for later may take before a test gives up, in seconds.
LATEST_S = 5.0


class Dialogue:
    """A contact who talks with the bot. What fails raises an AssertionError that shows the transcript.

    `contact`: what is known about the contact at first, by the keys of `info.contact`. `url`: the page the contact is
    on.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        contact: Mapping[str, str] | None = None,
        url: str = "https://shop.example/",
        approach_mode: Literal["normal", "proactive"] = "normal",
        operators_online: bool = True,
        now: Callable[[], float] = time,
    ) -> None:
        self._bot = bot
        self._stage = Stage(
            now=now,
            contact=msgspec.convert({"id": "ct_dialogue", **(contact or {})}, webhook.ContactInfo),
            url=url,
            approach_mode=approach_mode,
            operators_online=operators_online,
        )
        self._since = 0
        self._failures: list[Exception] = []
        self._stack = ExitStack()
        self._last: tuple[bytes, str, bytes] | None = None

    async def __aenter__(self) -> Self:
        api = ApiClient(api_url="dialogue:", token="dialogue", post=self._stage, patience=Patience(attempts=1))  # noqa: S106
        self._background = self._stack.enter_context(self._bot.through(api, told=self._failures.append))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.later()
            else:
                await self._background.cancel()
        finally:
            self._stack.close()

    # ------------------------------------------------------------ what the contact does

    async def start(self) -> None:
        """Open the chat."""
        await self._happens("(opens the chat)", webhook.StartPacket())

    async def says(self, text: str) -> None:
        """Write a message."""
        await self._happens(text, webhook.MessagePacket(webhook.TextPayload(text)))

    async def click(self, wish: int | str, *, of: Line | None = None) -> None:
        """Click an option of the newest bubbles or carousel, or `of` this one, by its number (from 1) or its text."""
        line = of or next((line for line in reversed(self._stage.lines) if line.options), None)
        if line is None:
            raise self._wrong(f"there is nothing to click, not even {wish!r}")
        number = wish if isinstance(wish, int) else self._number(line, wish)
        if not 1 <= number <= len(line.options):
            raise self._wrong(f"there is no option {number}")
        headline = line.options[number - 1]
        payload = webhook.ClickPayload(
            option=number,
            headline=headline,
            element="carousel" if isinstance(line.packet, events.CarouselEvent) else "bubbles",
            seq=1 + next(place for place, one in enumerate(self._stage.lines) if one is line),
        )
        await self._happens(f"(clicks [{number}] {headline})", webhook.ClickPacket(payload))

    async def goes_to(self, url: str) -> None:
        """Be on another page from now on."""
        self._stage.url = url

    async def session_ends(self, reason: Outcome = "expired") -> None:
        """End the session from outside: `expired`, or `taken_over` by a human."""
        self._stage.outcome = reason
        self._stage.lines.append(Line(who="platform", text=f"(the session is over: {reason})"))

    async def later(self, *, may_fail: bool = False) -> None:
        """Wait until all work for later is done and its results are shown."""
        try:
            await asyncio.wait_for(self._background.settled(), LATEST_S)
        except TimeoutError:
            await self._background.cancel()
            raise self._wrong(f"work for later was not done within {LATEST_S:.0f} s") from None
        failures = self._failures.copy()
        self._failures.clear()
        if failures and not may_fail:
            raise self._wrong(f"work for later failed: {failures[0]}") from failures[0]

    async def delivered_again(self) -> None:
        """The last event comes a second time, as after a crash of the platform; the answer has to be the same."""
        if self._last is None:
            raise self._wrong("nothing was delivered yet")
        body, event_id, answer = self._last
        response = await self._bot.handle(body, self._bot.door.headers_for(body, event_id=event_id))
        if response.body != answer:
            raise self._wrong(f"the same event got another answer: {response.body.decode()}")

    # ------------------------------------------------------------ what can be seen

    def shows(self, *texts: str) -> None:
        """The bot has shown these texts, or texts that contain them, in this order since the contact's last act."""
        lines = self._new()
        for text in texts:
            found = next((place for place, line in enumerate(lines) if line.holds(text)), None)
            if found is None:
                raise self._wrong(f"the bot does not show {text!r} (or not in this order)")
            lines = lines[found:]

    def shows_options(self, *headlines: str) -> None:
        """The newest bubbles or carousel has exactly these options."""
        line = next((line for line in reversed(self._new()) if line.options), None)
        if line is None or line.options != headlines:
            raise self._wrong(f"the options are {line.options if line else ()}, not {headlines}")

    def shows_nothing(self) -> None:
        """The bot has shown nothing since the contact's last act."""
        if self._new():
            raise self._wrong("the bot was to show nothing")

    def navigated_to(self, url: str) -> None:
        """The bot has asked the browser to go there since the contact's last act."""
        packets = [line.packet for line in self._new()]
        gone = [packet.payload.url for packet in packets if isinstance(packet, events.NavigateEvent)]
        if url not in gone:
            raise self._wrong(f"the bot did not navigate to {url!r}, but to {gone or 'nowhere'}")

    def forwarded_to(self, group: int | str | None) -> None:
        """The bot has handed over to this group; None: to any operator."""
        if self._stage.outcome != "forwarded" or self._stage.group != group:
            raise self._wrong(f"the bot did not forward to {group or 'any operator'}")

    @property
    def ended(self) -> bool:
        """Whether the bot has ended the conversation."""
        return self._stage.outcome == "ended"

    @property
    def aborted(self) -> bool:
        """Whether the bot has left."""
        return self._stage.outcome == "aborted"

    @property
    def over(self) -> bool:
        """Whether the session is over, however."""
        return self._stage.outcome is not None

    @property
    def cid(self) -> str:
        """The session's id, for `bot.open(cid)`."""
        return self._stage.cid

    @property
    def context(self) -> dict[str, Any]:
        """The context as the platform keeps it."""
        kept: dict[str, Any] = msgspec.json.decode(self._stage.context)
        return kept

    @property
    def contact(self) -> webhook.ContactInfo:
        """The contact as the platform knows it."""
        return self._stage.contact

    @property
    def notes(self) -> list[str]:
        """The notes left for operators."""
        packets = [line.packet for line in self._stage.lines]
        return [packet.payload.body for packet in packets if isinstance(packet, events.NoteEvent)]

    @property
    def lines(self) -> list[Line]:
        """Everything that happened, to look at."""
        return self._stage.lines.copy()

    @property
    def transcript(self) -> str:
        """Everything that happened, a line each."""
        return "\n".join(map(str, self._stage.lines))

    # ------------------------------------------------------------ inside

    async def _happens(self, text: str, packet: webhook.CallPacket) -> None:
        if self._stage.outcome is not None:
            raise self._wrong(f"the session is over ({self._stage.outcome}), the bot hears nothing of {text!r}")
        self._stage.lines.append(Line(who="contact", text=text))
        self._since = len(self._stage.lines)
        body, event_id = self._stage.call(packet)
        response = await self._bot.handle(body, self._bot.door.headers_for(body, event_id=event_id))
        if response.status != 200:
            cause = self._failures.pop() if self._failures else None
            raise self._wrong(f"the bot answered {response.status}: {cause or response.body.decode()}") from cause
        try:
            self._stage.apply(decode_answer(response.body, cid_required=False, cid=self._stage.cid))
        except InvalidDocument as error:
            raise self._wrong(f"the platform would refuse the answer: {error}") from error
        self._last = (body, event_id, response.body)
        response.delivered()

    def _new(self) -> list[Line]:
        return [line for line in self._stage.lines[self._since :] if line.who == "bot"]

    def _number(self, line: Line, wish: str) -> int:
        if wish not in line.options:
            raise self._wrong(f"there is no option {wish!r}")
        return line.options.index(wish) + 1

    def _wrong(self, what: str) -> AssertionError:
        return AssertionError(f"{what}\n\nThe dialogue so far:\n{self.transcript}")
