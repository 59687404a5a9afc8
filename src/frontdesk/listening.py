"""The listening socket, and the HTTP server on it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Any

import uvicorn

from frontdesk.connections import Doorman, GuardedConfig

#: Milliseconds after which the kernel gives up a peer that takes nothing (guarantee R8).
TCP_USER_TIMEOUT_MS = 15_000
#: Seconds that requests under way may take once the server stops.
SHUTDOWN_S = 10
MAX_FRAME_BYTES = 65_536
BACKLOG = 1024


class CannotListen(Exception):
    """The address is taken, or is not one of this machine."""


class _Server(uvicorn.Server):
    """Leaves signals to whoever started us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Listening:
    """Serves an ASGI application at an address, from `start` to `stop`."""

    def __init__(
        self, asgi: Any, *, host: str, port: int, doorman: Doorman, bound: socket.socket | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._given = bound
        self._server = _Server(
            GuardedConfig(
                asgi,
                doorman=doorman,
                loop="none",
                ws_max_size=MAX_FRAME_BYTES,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_S,
            )
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port; the one that was found free, where 0 was asked for and the server has started."""
        return self._port

    async def start(self) -> None:
        """Bind and serve. Raises CannotListen."""
        listening = self._given or bound(self._host, self._port)
        self._port = listening.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))
        while not self._server.started:
            if self._task.done():
                await self._task
                raise CannotListen("the server ended as it started")
            await asyncio.sleep(0.005)

    def refuse(self) -> None:
        """Accept no more; whoever is connected stays."""
        if self._task is not None:
            for server in self._server.servers:
                server.close()

    async def stop(self) -> None:
        """Accept no more, close the sockets with 1012, and wait for requests under way."""
        if self._task is not None:
            self._server.should_exit = True
            await self._task
            self._task = None


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MS)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as wrong:
        listening.close()
        where = f"{host}:{port}"
        raise CannotListen(
            f"Cannot listen on {where}: {wrong.strerror}. Set FRONTDESK_PORT or --port to a free port."
        ) from wrong
    listening.setblocking(False)
    return listening
