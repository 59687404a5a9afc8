"""What a connection may cost before it has asked for anything: how long it may take, and how many an address may have."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

#: Seconds that a request, or the handshake of a socket, may take to arrive whole (guarantee O5).
ARRIVAL_S = 10.0
#: Whoever runs programs on this machine need not be kept out, and may be a proxy that the settings forgot to name.
LOOPBACK = ("127.0.0.0/8", "::1/128")


class Doorman:
    """Counts the open connections of each address, and lets in no more than `limit`; 0 lets in all."""

    def __init__(self, *, limit: int, spared: Iterable[str] = LOOPBACK) -> None:
        self._limit = limit
        self._spared = tuple(ipaddress.ip_network(one) for one in spared)
        self._open: dict[str, int] = {}
        #: How many were turned away.
        self.turned_away = 0

    def spares(self, address: str) -> bool:
        """Tell whether the address may have any number: it is a proxy, or this machine."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return True
        return any(parsed in network for network in self._spared)

    def enter(self, address: str) -> bool:
        """Count one more connection, or return False where the address has as many as it may."""
        if self._limit and self._open.get(address, 0) >= self._limit:
            self.turned_away += 1
            return False
        self._open[address] = self._open.get(address, 0) + 1
        return True

    def leave(self, address: str) -> None:
        """Count one less."""
        left = self._open[address] - 1
        if left:
            self._open[address] = left
        else:
            del self._open[address]


class GuardedConfig(uvicorn.Config):
    """The server's configuration, with who watches the door."""

    def __init__(self, asgi: Any, *, doorman: Doorman, arrival_s: float = ARRIVAL_S, **options: Any) -> None:
        super().__init__(asgi, http=GuardedRequests, ws=GuardedSocket, **options)
        self.doorman = doorman
        self.arrival_s = arrival_s


class GuardedRequests(HttpToolsProtocol):
    """Cuts a connection whose request does not arrive in time, and one too many from an address."""

    config: GuardedConfig
    _late: asyncio.TimerHandle | None = None
    _counted: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it, and give its first request the time to arrive."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self.config.doorman.spares(address):
            self._expect()
        elif self.config.doorman.enter(address):
            self._counted = address
            self._expect()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._arrived()
        if self._counted is not None:
            self.config.doorman.leave(self._counted)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; the first of a request start its time."""
        self._expect()
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Give a request that came behind another one its own time."""
        self._expect()
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Stop the time: the rest is up to us."""
        self._arrived()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand over to the socket, which is counted until its end."""
        self._arrived()
        super().handle_websocket_upgrade()
        socket = self.transport.get_protocol()
        if isinstance(socket, GuardedSocket):
            socket.counted = self._counted

    def _expect(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.config.arrival_s, self._too_late)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        asked: RequestResponseCycle | None = self.cycle
        if asked is not None and not asked.response_complete and not asked.more_body:
            # What trickles in belongs to the next request, and this one is still being answered.
            self._expect()
        else:
            self.transport.abort()


class GuardedSocket(WebSocketsSansIOProtocol):
    """A socket that gives its address's place back at its end."""

    config: GuardedConfig
    counted: str | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self.counted is not None:
            self.config.doorman.leave(self.counted)
        super().connection_lost(exc)
