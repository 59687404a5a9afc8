"""The one HTTP client for addresses that users gave us: guarded, without cookies, redirects or proxies."""

from __future__ import annotations

import ssl
import time
from types import SimpleNamespace, TracebackType
from typing import Self

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
        self.resolving = False
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
                connector=self.guard.connector(trusted=trusted, resolver=self._resolver),
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
    def tls(self) -> ssl.SSLContext | bool:
        """What `ssl=` of a request takes; certificates are always checked."""
        return self._tls or True


def _trace() -> TraceConfig:
    config = TraceConfig()
    config.on_dns_resolvehost_start.append(_resolving)
    config.on_dns_resolvehost_end.append(_resolved)
    config.on_dns_cache_hit.append(_resolved)
    config.on_connection_create_end.append(_connected)
    config.on_connection_reuseconn.append(_connected)
    config.on_request_chunk_sent.append(_sent)
    return config


def _journey(context: SimpleNamespace) -> Journey | None:
    found = context.trace_request_ctx
    return found if isinstance(found, Journey) else None


async def _resolving(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    if journey := _journey(context):
        journey.resolving = True


async def _resolved(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    if journey := _journey(context):
        journey.resolving = False
        journey.dns = journey.so_far()


async def _connected(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    if journey := _journey(context):
        journey.connected = journey.so_far()


async def _sent(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
    if journey := _journey(context):
        journey.sent = journey.so_far()
