"""A cable between browsers and a server that can be pulled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

CHUNK = 65536


class Cable:
    """Carries bytes from its own port to `server` and back, while it is plugged."""

    def __init__(self, server: str) -> None:
        target = urlsplit(server)
        self._host, self._to = target.hostname, target.port
        self._listener: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def plugged(self) -> None:
        """Carry from now on, at the same port as before."""
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def pulled(self) -> None:
        """Cut what is open and refuse what is new."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        for task in list(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        try:
            there, back = await asyncio.open_connection(self._host, self._to)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._carry(reader, back))
                    both.create_task(self._carry(there, writer))
            finally:
                back.transport.abort()
        except* OSError:
            pass
        finally:
            writer.transport.abort()

    @staticmethod
    async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
        sink.write_eof()


@asynccontextmanager
async def cable(server: str) -> AsyncIterator[Cable]:
    """Lay a cable to the server, plugged."""
    one = Cable(server)
    await one.plugged()
    try:
        yield one
    finally:
        await one.pulled()
