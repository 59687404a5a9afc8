"""The one HTTP client for addresses that users gave us: guarded, without cookies, redirects or proxies."""

from __future__ import annotations

import socket
import ssl
import time
from contextvars import ContextVar
from types import TracebackType
from typing import Self

from aiohttp import BytesPayload, ClientSession, ClientTimeout, DummyCookieJar
from aiohttp.abc import AbstractResolver, AbstractStreamWriter, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from frontdesk.core.attempt import Timings
from frontdesk.delivery.guard import Guard

#: Seconds for DNS, TCP and TLS together.
CONNECT_S = 3.0


class Journey:
    """How far one call came, and when; milliseconds from its start."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self.resolving = False
        self.dns: float | None = None
        self.connected: float | None = None
        self.sent: float | None = None
        self.headers: float | None = None

    def so_far(self) -> float:
        """Return the milliseconds since the call began."""
        return round((time.perf_counter() - self._begun) * 1000, 3)

    def follow(self) -> None:
        """Let the resolver, which the connection pool calls in this context, find the journey."""
        _followed.set(self)

    def timings(self) -> Timings:
        """Return what was measured, with the total as of now."""
        return Timings(
            dns=self.dns, connected=self.connected, sent=self.sent, headers=self.headers, total=self.so_far()
        )


_followed: ContextVar[Journey | None] = ContextVar("journey", default=None)


# aiohttp's own tracing tells the same and costs more than a third of a call.
class Letter(BytesPayload):
    """A request's body, which notes when there is a connection for it and when it is written."""

    def __init__(self, body: bytes, *, journey: Journey) -> None:
        super().__init__(body)
        self._journey = journey

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write the body."""
        self._journey.connected = self._journey.so_far()
        await super().write_with_length(writer, content_length)
        self._journey.sent = self._journey.so_far()


class _Timed(AbstractResolver):
    """Notes in the journey under way how long a name took."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        journey = _followed.get()
        if journey is None:
            return await self._inner.resolve(host, port, family)
        journey.resolving = True
        found = await self._inner.resolve(host, port, family)
        journey.resolving = False
        journey.dns = journey.so_far()
        return found

    async def close(self) -> None:
        await self._inner.close()


class Client:
    """Two connection pools: one for hosts on the allow-list, one for all others.

    Open it with `async with`. `tls` replaces the system's certificates (None: the system's).
    """

    def __init__(
        self, guard: Guard, *, resolver: AbstractResolver | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.guard = guard
        self._resolver = resolver
        self._tls = tls
        self._sessions: dict[bool, ClientSession] = {}

    async def __aenter__(self) -> Self:
        for trusted in (False, True):
            self._sessions[trusted] = ClientSession(
                connector=self.guard.connector(trusted=trusted, resolver=_Timed(self._resolver or ThreadedResolver())),
                trust_env=False,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                timeout=ClientTimeout(total=None, connect=CONNECT_S),
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    def session(self, url: URL) -> ClientSession:
        """Return the session whose guard fits the URL's host."""
        return self._sessions[self.guard.trusts(url)]

    @property
    def tls(self) -> ssl.SSLContext | bool:
        """What `ssl=` of a request takes; certificates are always checked."""
        return self._tls or True
