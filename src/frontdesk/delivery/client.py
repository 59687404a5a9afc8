"""The one HTTP client for addresses that users gave us: guarded, without cookies, redirects or proxies."""

from __future__ import annotations

import ssl
import time
from contextvars import ContextVar
from types import SimpleNamespace, TracebackType
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TraceConfig
from aiohttp.abc import AbstractResolver
from yarl import URL

from frontdesk.core.attempt import Timings
from frontdesk.delivery.guard import Guard

#: Seconds for DNS, TCP and TLS together.
CONNECT_S = 3.0


class Journey:
    """How far one call came, and when; milliseconds from its start."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        #: Whether an address was dialled; before that, its name is being resolved.
        self.dialled = False
        #: Whether the TLS handshake has begun.
        self.greeting = False
        self.dns: float | None = None
        self.connected: float | None = None
        self.sent: float | None = None
        self.headers: float | None = None

    def so_far(self) -> float:
        """Return the milliseconds since the call began."""
        return round((time.perf_counter() - self._begun) * 1000, 3)

    def timings(self) -> Timings:
        """Return what was measured, with the total as of now."""
        return Timings(
            dns=self.dns, connected=self.connected, sent=self.sent, headers=self.headers, total=self.so_far()
        )


#: The call that a connection is being made for. The HTTP client tells when a connection is there, not how far one came
#: that is not; a name server, an address and a handshake that hang are three faults.
_UNDER_WAY: ContextVar[Journey | None] = ContextVar("under_way", default=None)


class Certificates(ssl.SSLContext):
    """The system's certificates; notes on the call under way that the handshake has begun."""

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """Begin a handshake."""
        journey = _UNDER_WAY.get()
        if journey is not None:
            journey.greeting = True
        return super().wrap_bio(*args, **options)


def certificates(*, also: str | None = None) -> Certificates:
    """Return a context that checks certificates against the system's, and those of the PEM file `also`."""
    context = Certificates(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    context.set_alpn_protocols(("http/1.1",))
    if also is not None:
        context.load_verify_locations(also)
    return context


class Client:
    """Two connection pools: one for hosts on the allow-list, one for all others.

    Open it with `async with`. `tls` is made by `certificates` (None: the system's).
    """

    def __init__(
        self, guard: Guard, *, resolver: AbstractResolver | None = None, tls: Certificates | None = None
    ) -> None:
        self.guard = guard
        self._resolver = resolver
        self._tls = tls or certificates()
        self._sessions: dict[bool, ClientSession] = {}

    async def __aenter__(self) -> Self:
        for trusted in (False, True):
            self._sessions[trusted] = ClientSession(
                connector=self.guard.connector(trusted=trusted, resolver=self._resolver, dialling=_dialling),
                trust_env=False,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                timeout=ClientTimeout(total=None, connect=CONNECT_S),
                trace_configs=[_trace()],
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
    def tls(self) -> Certificates:
        """What `ssl=` of a request takes; certificates are always checked."""
        return self._tls


def _dialling() -> None:
    journey = _UNDER_WAY.get()
    if journey is not None:
        journey.dialled = True


def _trace() -> TraceConfig:
    config = TraceConfig()
    config.on_connection_create_start.append(_asked)
    config.on_dns_resolvehost_end.append(_resolved)
    config.on_dns_cache_hit.append(_resolved)
    config.on_connection_create_end.append(_connected)
    config.on_connection_reuseconn.append(_connected)
    config.on_request_chunk_sent.append(_sent)
    return config


def _journey(context: SimpleNamespace) -> Journey | None:
    found = context.trace_request_ctx
    return found if isinstance(found, Journey) else None


async def _asked(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    _UNDER_WAY.set(_journey(context))


async def _resolved(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    if journey := _journey(context):
        journey.dns = journey.so_far()


async def _connected(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    if journey := _journey(context):
        journey.connected = journey.so_far()


async def _sent(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    if journey := _journey(context):
        journey.sent = journey.so_far()
