"""The bot: its handlers, and the way of one webhook call through them."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import time
from typing import Any, TypeVar, overload

import msgspec

from frontdesk.bot.chat import Chat
from frontdesk.bot.client import ApiClient
from frontdesk.bot.door import Door
from frontdesk.bot.errors import RefusedCall
from frontdesk.bot.later import Background, LateWork, OpenChat
from frontdesk.bot.routes import AnyHandler, Route, Routes, pattern_of
from frontdesk.bot.seen import Recent
from frontdesk.bot.transport import HttpPost

log = logging.getLogger("frontdesk.bot")

AnyLateHandler = TypeVar("AnyLateHandler", bound=LateWork)
#: How many sessions' contexts are known at once.
SESSIONS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a call to the webhook is answered with."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    #: A server may call this when the answer has left; work for later then posts at once.
    delivered: Callable[[], None] = lambda: None


class Bot:
    """A chatbot. Handlers are registered with the decorators; `run` serves them, `handle` answers one call.

    `signing_secret` (`whsec_…`): calls without a valid signature are refused. `required_headers`: the static headers
    that the platform is configured to send; calls without them are refused. `token` and `api_url` are needed for work
    for later and for `open`. `api` replaces the client made of these two. `remember`: how many events are known again,
    so that one delivered twice is handled once.
    """

    def __init__(
        self,
        *,
        signing_secret: str | None = None,
        token: str | None = None,
        api_url: str | None = None,
        required_headers: Mapping[str, str] | None = None,
        api: ApiClient | None = None,
        remember: int = 1_000,
        now: Callable[[], float] = time,
    ) -> None:
        if api is None and token and api_url:
            api = ApiClient(api_url=api_url, token=token, post=HttpPost())
        #: Checks the calls.
        self.door = Door(signing_secret=signing_secret, required_headers=required_headers or {}, now=now)
        self._routes = Routes()
        self._contexts: Recent[dict[str, Any]] = Recent(most=SESSIONS)
        self._answers: Recent[asyncio.Task[Response]] = Recent(most=remember)
        self._background = Background(contexts=self._contexts, api=api)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Bot:
        """A bot set up by `FRONTDESK_SIGNING_SECRET`, `FRONTDESK_TOKEN` and `FRONTDESK_API_URL`; each may be absent."""
        given = os.environ if environ is None else environ
        return cls(
            signing_secret=given.get("FRONTDESK_SIGNING_SECRET") or None,
            token=given.get("FRONTDESK_TOKEN") or None,
            api_url=given.get("FRONTDESK_API_URL") or None,
        )

    # ------------------------------------------------------------ handlers

    def on_start(self, handler: AnyHandler) -> AnyHandler:
        """Handle the start of a session: the contact opened the chat, and the bot may speak first."""
        return self._add(handler, event="start")

    @overload
    def on_message(self, wish: AnyHandler, /) -> AnyHandler: ...
    @overload
    def on_message(
        self, wish: str | re.Pattern[str] | None = None, /, *, step: str | None = None
    ) -> Callable[[AnyHandler], AnyHandler]: ...
    def on_message(self, wish: Any = None, /, *, step: str | None = None) -> Any:
        """Handle what the contact writes: everything, what a pattern is found in, or what comes at a step of the talk.

        A string is a regular expression, searched for without regard to case; the handler finds the match in
        `chat.match`. The first handler that fits is called; one without pattern and step only where no other fits.
        """
        if callable(wish):
            return self._add(wish, event="message")
        return lambda handler: self._add(handler, event="message", pattern=pattern_of(wish), step=step)

    @overload
    def on_click(self, wish: AnyHandler, /) -> AnyHandler: ...
    @overload
    def on_click(
        self, wish: int | str | None = None, /, *, step: str | None = None
    ) -> Callable[[AnyHandler], AnyHandler]: ...
    def on_click(self, wish: Any = None, /, *, step: str | None = None) -> Any:
        """Handle a click: any, the option with this number (from 1), or the one with this text, at a step or always."""
        if callable(wish):
            return self._add(wish, event="click")
        option = wish if isinstance(wish, int) else None
        headline = wish if isinstance(wish, str) else None
        return lambda handler: self._add(handler, event="click", option=option, headline=headline, step=step)

    def on_session_ended(self, handler: AnyHandler) -> AnyHandler:
        """Handle the end of a session; sent only where the bot's settings ask for it. Answers have no effect."""
        return self._add(handler, event="session_ended")

    def on_forward_failed(self, handler: AnyHandler) -> AnyHandler:
        """Handle that nobody took a forwarded conversation; sent only where the bot's settings ask for it."""
        return self._add(handler, event="forward_failed")

    def on_late_failure(self, handler: AnyLateHandler) -> AnyLateHandler:
        """Say something where work for later has raised an error; the error is logged in any case."""
        self._background.on_failure = handler
        return handler

    def _add(self, handler: AnyHandler, /, *, event: str, **wishes: Any) -> AnyHandler:
        self._routes.add(Route(event=event, handler=handler, **wishes))
        return handler

    # ------------------------------------------------------------ calls

    async def handle(self, body: bytes, headers: Mapping[str, str]) -> Response:
        """Answer one call to the webhook, whatever server it came through.

        200 with the events; 401 where the signature or a header is wrong; 400 where the body is no event; 500 where
        the handler failed, so that the platform falls back. The same event again gets the same answer.
        """
        try:
            admitted = self.door.admit(body, headers)
        except RefusedCall as error:
            log.warning("webhook call refused with %d: %s", error.status, error)
            return _trouble(error.status, str(error))
        task = self._answers.get(admitted.event_id)
        if task is None:
            task = asyncio.create_task(self._answered(Chat(admitted)))
            self._answers.put(admitted.event_id, task)
        # Shielded: a caller that hangs up must not stop the handler half-way, since it will ask again.
        response = await asyncio.shield(task)
        if response.status != 200:
            self._answers.forget(admitted.event_id)
        return response

    async def _answered(self, chat: Chat) -> Response:
        self._contexts.put(chat.cid, dict(chat.context))
        try:
            return await self._asked(chat)
        except Exception as error:
            log.exception("event %s (%s): the handler failed, nothing was said", chat.event_id, chat.event)
            self._background.tell(error)
            return _trouble(500, "The bot failed at this event.")

    async def _asked(self, chat: Chat) -> Response:
        handler = self._routes.find(chat)
        if handler is None:
            log.info("event %s (%s): no handler", chat.event_id, chat.event)
            return Response(status=200, body=b"[]")
        await handler(chat)
        events = chat.written(self._contexts.get(chat.cid) or {})
        works = chat.work_for_later
        if works:
            self._background.required_api()
        if events and isinstance(events[0].info.context, msgspec.Raw):
            self._contexts.put(chat.cid, msgspec.json.decode(events[0].info.context))
        delivered = self._background.start(chat, works)
        return Response(status=200, body=msgspec.json.encode(events), delivered=delivered)

    # ------------------------------------------------------------ beside the calls

    def open(self, cid: str, *, key: str | None = None) -> OpenChat:
        """Speak in a session from outside of an event: collect, then `await chat.send()`.

        With `key`, the same sends made again (after a restart, say) have no second effect for 24 hours.

        Raises:
            NoApiUrl: the bot has no API URL or no token.
        """
        return OpenChat(cid=cid, contexts=self._contexts, api=self._background.required_api(), key=key)

    def run(self, host: str = "127.0.0.1", port: int = 8001) -> None:
        """Serve the webhook at this address until SIGINT or SIGTERM, then finish what is under way."""
        from frontdesk.bot.serve import run  # noqa: PLC0415  # a bot inside another server needs no server

        run(self, host=host, port=port)

    async def close(self, *, grace_s: float = 10.0) -> None:
        """Let work for later finish for so many seconds, then cut it off; close connections."""
        await self._background.close(grace_s=grace_s)

    @contextmanager
    def through(self, api: ApiClient, *, told: Callable[[Exception], None]) -> Iterator[Background]:
        """Send what is late through this client meanwhile, and tell of every error in a handler or in late work."""
        own = self._background.api
        self._background.api = api
        self._background.watchers.append(told)
        try:
            yield self._background
        finally:
            self._background.api = own
            self._background.watchers.remove(told)


def _trouble(status: int, detail: str) -> Response:
    body = msgspec.json.encode({"status": status, "detail": detail})
    return Response(status=status, body=body, headers={"content-type": "application/problem+json"})
