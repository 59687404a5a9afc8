"""Who calls: the address behind trusted proxies, and how often it failed to show a valid token."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable

from frontdesk.http.asgi import Scope, header

#: Failures that one address may have in a minute.
MAX_FAILURES = 20
WINDOW_S = 60.0
#: Addresses that are remembered at once; the one unseen for longest is forgotten.
MAX_ADDRESSES = 10_000


class Callers:
    """Tells callers apart. Proxies are trusted by address; the header of anybody else means nothing."""

    def __init__(self, *, trusted_proxies: tuple[str, ...]) -> None:
        self._trusted = tuple(ipaddress.ip_network(one) for one in trusted_proxies)

    def address(self, scope: Scope) -> str:
        """Return the address of the caller, the nearest one that is not a trusted proxy."""
        client = scope.get("client")
        address = str(client[0]) if client else ""
        forwarded = header(scope, "x-forwarded-for")
        if forwarded is None or not self._is_trusted(address):
            return address
        for hop in reversed(forwarded.decode("latin-1").split(",")):
            address = hop.strip()
            if not self._is_trusted(address):
                return address
        return address

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)


class Failures:
    """Counts failures by address in a sliding minute. `clock` gives seconds and never goes back."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Return the seconds until the address may try again; 0 where it may now."""
        times = self._times.get(address)
        if times is None or len(times) < MAX_FAILURES:
            return 0.0
        return max(0.0, times[0] + WINDOW_S - self._clock())

    def count(self, address: str) -> None:
        """Note a failure."""
        times = self._times.setdefault(address, deque(maxlen=MAX_FAILURES))
        self._times.move_to_end(address)
        times.append(self._clock())
        if len(self._times) > MAX_ADDRESSES:
            self._times.popitem(last=False)
