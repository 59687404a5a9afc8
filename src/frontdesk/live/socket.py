"""One widget's WebSocket, from the handshake to its end."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from frontdesk.actions.ports import Ledger, Reader
from frontdesk.core.people import Widget
from frontdesk.live.asgi import Receive, Scope, Send
from frontdesk.live.handshake import TurnedDown, admit, header_map, turn_away, turn_down
from frontdesk.live.hub import Hub
from frontdesk.live.outbound import Outbound
from frontdesk.live.recognition import Recognition
from frontdesk.live.visit import Visit
from frontdesk.protocol.widget import CLOSE_FLOOD, CLOSE_MALFORMED, CLOSE_NO_HELLO, CLOSE_SLOW

#: Seconds until the first frame.
HELLO_S = 15.0
#: Seconds without any frame after which the other side counts as gone; a widget pings every 20.
SILENCE_S = 60.0
#: Seconds that one frame may take on its way out.
SEND_S = 5.0
#: The standard code for "going away": the widget connects again.
CLOSE_SILENT = 1001
#: The standard code for "service restart", and the milliseconds over which those who come back are spread.
CLOSE_RESTART = 1012
SPREAD_MS = 10_000
#: Seconds that all sockets together may take to hear of a restart.
FAREWELL_S = 1.0
#: Codes of sockets that cost more than they may.
SHED = frozenset({CLOSE_NO_HELLO, CLOSE_FLOOD, CLOSE_SLOW})
#: Close code of a defect of ours; the widget connects again.
CLOSE_INTERNAL = 1011

_log = structlog.get_logger("frontdesk.live")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a socket may keep us waiting, in seconds."""

    hello: float = HELLO_S
    silence: float = SILENCE_S
    send: float = SEND_S


class WidgetSockets:
    """The ASGI handler of `/widget/socket`."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        reader: Reader,
        hub: Hub,
        recognition: Recognition,
        own_url: Callable[[], str],
        epoch: str,
        patience: Patience | None = None,
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._hub = hub
        self._recognition = recognition
        self._own_url = own_url
        self._epoch = epoch
        self._patience = patience or Patience()
        self._open: set[Outbound] = set()
        #: How many sockets were closed because of what the other side did, by code.
        self.closed: Counter[int] = Counter()
        self._all_closed = asyncio.Event()
        self._restarting = False

    async def restart(self) -> None:
        """Close every socket once what waits for it is sent, each with another time to come back at."""
        self._restarting = True
        for outbound in self._open:
            outbound.finish()
        if self._open:
            self._all_closed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_closed.wait(), FAREWELL_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until either side closes it."""
        opening = await receive()
        if opening["type"] != "websocket.connect":
            return
        admitted = admit(scope, directory=self._reader.directory(), own_url=self._own_url())
        if isinstance(admitted, TurnedDown):
            origin = header_map(scope).get("origin")
            _log.info("socket.turned_down", origin=origin, status=admitted.status, detail=admitted.detail)
            await (turn_down if origin is None else turn_away)(admitted, send=send)
            return
        await send({"type": "websocket.accept"})
        await self._serve(admitted, receive=receive, send=send)

    async def _serve(self, widget: Widget, *, receive: Receive, send: Send) -> None:
        outbound = Outbound()
        self._open.add(outbound)
        if self._restarting:
            outbound.finish()
        visit = Visit(
            ledger=self._ledger,
            reader=self._reader,
            hub=self._hub,
            recognition=self._recognition,
            widget=widget,
            outbound=outbound,
            epoch=self._epoch,
        )
        reading = asyncio.create_task(self._read(visit, receive=receive))
        writing = asyncio.create_task(self._write(outbound, send=send))
        code: int | None = CLOSE_INTERNAL
        try:
            await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            ended = writing if writing.done() else reading
            # What broke is logged below; the widget only has to connect again.
            code = CLOSE_INTERNAL if ended.exception() else ended.result()
        finally:
            visit.leave()
            await _stop(reading, writing)
            _log.info("socket.closed", contact=visit.contact_id, widget=widget.key, frames=visit.frames, code=code)
            await _close(code, send=send)
            self._open.discard(outbound)
            if code in SHED:
                self.closed[code] += 1
            if not self._open:
                self._all_closed.set()

    async def _read(self, visit: Visit, *, receive: Receive) -> int | None:
        """Take frames in their order; return the close code, or None where the other side closed."""
        loop = asyncio.get_running_loop()
        opened = loop.time()
        while True:
            limit = self._patience.silence if visit.greeted else opened + self._patience.hello - loop.time()
            try:
                async with asyncio.timeout(limit):
                    event = await receive()
            except TimeoutError:
                return CLOSE_SILENT if visit.greeted else CLOSE_NO_HELLO
            if event["type"] == "websocket.disconnect":
                return None
            text = event.get("text")
            if text is None:
                return CLOSE_MALFORMED
            code = await visit.take(text, clock=loop.time())
            if code is not None:
                return code
            # Frames that came in one piece would otherwise keep the writer from its turn.
            await asyncio.sleep(0)

    async def _write(self, outbound: Outbound, *, send: Send) -> int | None:
        """Send frames until the other side is gone (None) or does not keep up."""
        loop = asyncio.get_running_loop()
        while True:
            frame = await outbound.get()
            if frame is None:
                return CLOSE_SLOW if outbound.overflowed else CLOSE_RESTART
            try:
                async with asyncio.timeout(self._patience.send) as limit:
                    while frame is not None:
                        await send({"type": "websocket.send", "text": frame})
                        # Frames come in pairs (the acknowledgement and the entry), each with the whole time.
                        frame = outbound.waiting()
                        if frame is not None:
                            limit.reschedule(loop.time() + self._patience.send)
            except TimeoutError:
                return CLOSE_SLOW
            except OSError:
                return None


async def _stop(*tasks: asyncio.Task[int | None]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            _log.error("socket.broke", exc_info=result)


async def _close(code: int | None, *, send: Send) -> None:
    """Say goodbye; one that does not listen is cut by the server's own close timeout."""
    if code is None:
        return
    try:
        async with asyncio.timeout(SEND_S):
            await send({"type": "websocket.close", "code": code, "reason": _reason(code)})
    except (TimeoutError, OSError):
        _log.debug("socket.close_unheard", code=code)


def _reason(code: int) -> str:
    return f"retry_after_ms={random.randrange(SPREAD_MS)}" if code == CLOSE_RESTART else ""  # noqa: S311 -- no secret
