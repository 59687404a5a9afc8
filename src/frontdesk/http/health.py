"""What machines ask about the server: is it alive, can it work, how does it do."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from frontdesk.actions.ports import Reader, StoreUnavailable
from frontdesk.core.ids import Instant
from frontdesk.http.asgi import JSON, Scope
from frontdesk.http.caller import Callers, Failures
from frontdesk.metrics import CONTENT_TYPE
from frontdesk.protocol.api import PROBLEM_TYPE
from frontdesk.protocol.problems import CATALOGUE, ProblemCode, encode_problem, problem

#: What is due and was not done for so long means that nobody does it.
STUCK_MS = 30_000
#: Seconds that the store may take to answer.
PROBE_S = 5.0
#: Seconds for which an answer holds: whoever asks more often costs nothing more.
HOLDS_S = 1.0
#: A request with one of these came through a proxy, whatever its address is.
_FORWARDED = frozenset({b"x-forwarded-for", b"forwarded", b"via", b"x-real-ip"})


class Readiness:
    """Finds out whether the server can work (guarantee X9)."""

    def __init__(
        self,
        *,
        probe: Callable[[], Awaitable[None]],
        reader: Reader,
        now: Callable[[], Instant],
        workers: Callable[[], bool],
    ) -> None:
        self._probe = probe
        self._reader = reader
        self._now = now
        self._workers = workers
        self._looking: asyncio.Task[tuple[str, ...]] | None = None
        self._looked_at = float("-inf")

    async def troubles(self) -> tuple[str, ...]:
        """Return what is wrong, in sentences; nothing where all is well."""
        loop = asyncio.get_running_loop()
        if self._looking is None or (self._looking.done() and loop.time() - self._looked_at > HOLDS_S):
            self._looking = asyncio.create_task(self._look())
            self._looked_at = loop.time()
        return await asyncio.shield(self._looking)

    async def _look(self) -> tuple[str, ...]:
        found = [] if self._workers() else ["A worker of the server has ended."]
        try:
            async with asyncio.timeout(PROBE_S):
                await self._probe()
                found += await self._overdue()
        except StoreUnavailable as wrong:
            found.append(f"The store cannot save: {wrong}.")
        except TimeoutError:
            found.append(f"The store does not answer within {PROBE_S:g} seconds.")
        return tuple(found)

    async def _overdue(self) -> list[str]:
        before = Instant(self._now() - STUCK_MS)
        due = {
            "Deliveries": await self._reader.due_lanes(before, limit=1),
            "Lines for waiting contacts": await self._reader.due_patience(before, limit=1),
            "Ends of conversations": await self._reader.due_expiries(before, limit=1),
        }
        return [f"{what} are due for more than {STUCK_MS // 1000} seconds." for what, found in due.items() if found]


class MetricsDoor:
    """Decides who may read the metrics: this machine where no proxy stands before the server, or who has the token."""

    def __init__(self, *, token: str | None, proxied: bool, callers: Callers, failures: Failures) -> None:
        self._token = None if token is None else token.encode()
        self._proxied = proxied
        self._callers = callers
        self._failures = failures

    def opens(self, scope: Scope) -> bool:
        """Tell whether the caller may read them. Wrong tokens are counted, and too many close the door for a while."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        given = headers.get(b"authorization")
        if given is None:
            client = scope.get("client")
            return not self._proxied and not _FORWARDED & headers.keys() and _is_loopback(client[0] if client else "")
        address = self._callers.address(scope)
        if self._token is None or self._failures.wait_s(address) > 0:
            return False
        if hmac.compare_digest(given, b"Bearer " + self._token):
            return True
        self._failures.count(address)
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the pages need."""

    readiness: Readiness
    door: MetricsDoor
    scrape: Callable[[], bytes]


def health_routes(health: Health) -> list[HTTPRouteHandler]:
    """Return the pages for machines."""

    @get("/live")
    async def live() -> Response[bytes]:
        return Response(b'{"status":"ok"}', media_type=JSON)

    @get("/ready")
    async def ready() -> Response[bytes]:
        troubles = await health.readiness.troubles()
        if troubles:
            return _refused("unavailable", detail=" ".join(troubles), headers={"retry-after": "1"})
        return Response(b'{"status":"ok"}', media_type=JSON)

    @get("/metrics")
    async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not health.door.opens(cast("Scope", request.scope)):
            detail = "Ask from the server's own machine, or with the token of FRONTDESK_METRICS_TOKEN."
            return _refused("unauthorized", detail=detail, headers={"www-authenticate": "Bearer"})
        return Response(health.scrape(), media_type=CONTENT_TYPE)

    return [live, ready, metrics]


def _refused(code: ProblemCode, *, detail: str, headers: dict[str, str]) -> Response[bytes]:
    body = encode_problem(problem(code, detail=detail))
    return Response(body, status_code=CATALOGUE[code].status, media_type=PROBLEM_TYPE, headers=headers)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
