"""Work that goes on after an answer, and what it sends through the API URL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from frontdesk.bot.client import ApiClient
from frontdesk.bot.context import Context
from frontdesk.bot.errors import NoApiUrl, SessionOver
from frontdesk.bot.speaker import Speaker
from frontdesk.protocol.api import EventsAccepted

if TYPE_CHECKING:
    from frontdesk.bot.chat import Chat
    from frontdesk.bot.seen import Recent

log = logging.getLogger("frontdesk.bot")

#: cid → the newest context that this process knows of.
Contexts: TypeAlias = "Recent[dict[str, Any]]"
#: How long work waits for a sign that the answer before it is on its way, in seconds.
HEAD_START_S = 0.25


class OpenChat(Speaker):
    """A session spoken to from outside of an event: collect, then `await send()`.

    Where this process has not seen the session, a change of the context replaces it whole.
    """

    def __init__(self, *, cid: str, contexts: Contexts, api: ApiClient, key: str | None = None) -> None:
        super().__init__(cid=cid, context=Context(contexts.get(cid)))
        self._contexts = contexts
        self._api = api
        self._key = key
        self._sent = 0

    async def send(self) -> EventsAccepted:
        """Post what was collected: all of it, or, where this raises, none; calling again tries the same again.

        Raises:
            ApiError: as `ApiClient.send`.
        """
        events = self.written(self._contexts.get(self.cid) or {})
        if not events:
            return EventsAccepted(accepted=0, seqs=[], ignored=[])
        key = self._key and f"{self._key}-{self._sent + 1}"
        accepted = await self._api.send(self.cid, events, idempotency_key=key)
        self._sent += 1
        self._packets.clear()
        self.context.settle()
        if isinstance(events[0].info.context, msgspec.Raw):
            self._contexts.put(self.cid, msgspec.json.decode(events[0].info.context))
        return accepted


class LateChat(OpenChat):
    """The chat that work for later speaks in. What is left in it when the work returns is sent."""

    def __init__(self, chat: Chat, *, contexts: Contexts, api: ApiClient, answered: asyncio.Event, key: str) -> None:
        super().__init__(cid=chat.cid, contexts=contexts, api=api, key=key)
        self.event_id = chat.event_id
        #: As they were when the event came.
        self.contact = chat.contact
        self.widget = chat.widget
        self.conversation = chat.conversation
        self._answered = answered

    async def send(self) -> EventsAccepted:
        """As `OpenChat.send`, and not before the answer of the event is on its way."""
        try:
            await asyncio.wait_for(self._answered.wait(), HEAD_START_S)
        except TimeoutError:
            # Only `Bot.run` and `Dialogue` tell that an answer left; inside another server its time is estimated.
            self._answered.set()
        return await super().send()


LateWork: TypeAlias = Callable[[LateChat], Awaitable[None]]


class Background:
    """The work under way. It is bounded by what the contacts ask for; `close` ends it."""

    def __init__(self, *, contexts: Contexts, api: ApiClient | None) -> None:
        self._contexts = contexts
        self._tasks: set[asyncio.Task[None]] = set()
        self.api = api
        #: Says something to the contact after work has failed.
        self.on_failure: LateWork | None = None
        #: Are told of every error, in handlers too.
        self.watchers: list[Callable[[Exception], None]] = []

    def required_api(self) -> ApiClient:
        """The client of the API URL.

        Raises:
            NoApiUrl: the bot has none.
        """
        if self.api is None:
            raise NoApiUrl
        return self.api

    def start(self, chat: Chat, works: Sequence[LateWork]) -> Callable[[], None]:
        """Begin the work of one event; what is returned is to be called when its answer is on its way."""
        answered = asyncio.Event()
        for number, work in enumerate(works, 1):
            task = asyncio.create_task(self._run(chat, work, answered=answered, key=f"{chat.event_id}-{number}"))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return answered.set

    async def settled(self) -> None:
        """Wait until no work is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def cancel(self) -> None:
        """Cut off what is under way."""
        late = tuple(self._tasks)
        for task in late:
            log.warning("work for later was cut off")
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def close(self, *, grace_s: float) -> None:
        """Give the work so many seconds, then cancel it; close the client."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)
        await self.cancel()
        if self.api is not None:
            await self.api.close()

    def tell(self, error: Exception) -> None:
        """Tell the watchers of an error."""
        for watcher in self.watchers:
            watcher(error)

    async def _run(self, chat: Chat, work: LateWork, *, answered: asyncio.Event, key: str) -> None:
        try:
            await self._speak(chat, work, answered=answered, key=key)
        except SessionOver:
            log.info("event %s: the session was over before the late result came", chat.event_id)
        except Exception as error:
            log.exception("event %s: work for later failed", chat.event_id)
            self.tell(error)
            await self._apologise(chat, answered=answered, key=f"{key}-failed")

    async def _apologise(self, chat: Chat, *, answered: asyncio.Event, key: str) -> None:
        if self.on_failure is None:
            return
        try:
            await self._speak(chat, self.on_failure, answered=answered, key=key)
        except SessionOver:
            log.info("event %s: the session was over before the apology came", chat.event_id)
        except Exception as error:
            log.exception("event %s: the handler of failed work failed", chat.event_id)
            self.tell(error)

    async def _speak(self, chat: Chat, work: LateWork, *, answered: asyncio.Event, key: str) -> None:
        late = LateChat(chat, contexts=self._contexts, api=self.required_api(), answered=answered, key=key)
        await work(late)
        await late.send()
