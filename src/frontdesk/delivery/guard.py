"""The guard of every call that goes where a user told us to: it looks at the address that is really dialled."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from functools import lru_cache

from aiohttp import AddrInfoType, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from frontdesk.delivery.addresses import DENIED, Network, is_metadata, is_within, parse_address

#: Below 1024, only the ports of the web.
LOW_PORTS = frozenset({80, 443})

_ODD = re.compile(r"[\x00-\x20\x7f\\]")


class Blocked(OSError):
    """This address is not allowed."""

    # One text for every cause: what is told must not depend on what listens behind an address (guarantee S17).
    def __init__(self) -> None:
        super().__init__("This address is not allowed.")


class Guard:
    """Decides which URLs and addresses may be called.

    `allowed` opens private targets: each item is a CIDR, an address or a host name. `denied` closes further CIDRs,
    such as the machine's own public address. Metadata services stay closed whatever `allowed` says.
    """

    def __init__(self, *, allowed: Sequence[str] = (), denied: Sequence[str] = ()) -> None:
        nets = {one: _network(one) for one in allowed}
        self._allowed: tuple[Network, ...] = tuple(net for net in nets.values() if net is not None)
        self._names = frozenset(_plain(one) for one, net in nets.items() if net is None)
        #: Hosts come again with every call of a bot.
        self._trusts = lru_cache(maxsize=1024)(self._is_allowed)
        self._denied = DENIED + tuple(ipaddress.ip_network(one, strict=False) for one in denied)

    def url(self, text: str) -> URL:
        """Return the URL to call. Raises Blocked where its scheme, port, host or userinfo is not allowed."""
        # Parsers disagree about these, and about an empty userinfo; whoever writes them means no good.
        if _ODD.search(text) or "@" in text.partition("//")[2].partition("/")[0]:
            raise Blocked
        try:
            url = URL(text)
            port, host = url.port, url.host
        except ValueError:
            raise Blocked from None
        if url.scheme not in {"http", "https"} or not host or port is None:
            raise Blocked
        if url.user is not None or url.password is not None:
            raise Blocked
        if port not in LOW_PORTS and port < 1024:
            raise Blocked
        return url

    def trusts(self, url: URL) -> bool:
        """Tell whether the allow-list has the URL's host, by name or as an address."""
        return self._trusts(_plain(url.host or ""))

    def _is_allowed(self, host: str) -> bool:
        if host in self._names:
            return True
        try:
            return is_within(parse_address(host), self._allowed)
        except ValueError:
            return False

    def check(self, address: str, *, trusted: bool) -> None:
        """Raise Blocked unless this address may be dialled. `trusted`: the host's name is on the allow-list."""
        try:
            parsed = parse_address(address)
        except ValueError:
            raise Blocked from None
        if is_metadata(parsed):
            raise Blocked
        if not trusted and is_within(parsed, self._denied) and not is_within(parsed, self._allowed):
            raise Blocked

    def connector(self, *, trusted: bool, resolver: AbstractResolver | None = None) -> TCPConnector:
        """Return a connector that dials allowed addresses only; call it inside the event loop."""

        def dial(info: AddrInfoType) -> socket.socket:
            family, kind, proto, _, address = info
            self.check(str(address[0]), trusted=trusted)
            return socket.socket(family=family, type=kind, proto=proto)

        return TCPConnector(
            socket_factory=dial,
            resolver=_Checked(resolver or ThreadedResolver(), guard=self, trusted=trusted),
            limit=0,
            # Shorter than the idle time after which common servers close (2 s and more), so that a call is
            # hardly ever written into a connection that the bot is just closing.
            keepalive_timeout=1,
        )


class _Checked(AbstractResolver):
    """Refuses a name when any of its addresses is denied, so that the answer never depends on which was tried first."""

    def __init__(self, inner: AbstractResolver, *, guard: Guard, trusted: bool) -> None:
        self._inner = inner
        self._guard = guard
        self._trusted = trusted

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            found = await self._inner.resolve(host, port, family)
        except UnicodeError as error:
            # An empty label, or one over 63 characters: Python's own encoding of names gives up before anybody is asked.
            raise OSError(None, f"no such name can exist: {error}") from error
        for one in found:
            self._guard.check(one["host"], trusted=self._trusted)
        return found

    async def close(self) -> None:
        await self._inner.close()


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _plain(host: str) -> str:
    return host.lower().rstrip(".")
