"""The leanest bot: answers every call with one message, so that a benchmark does not measure its bot.

Run as a process of its own (`python -m benchmarks.bot`); it prints its port. `/` answers at once, `/after/1.0` a second
later, `/never` not at all.
"""

from __future__ import annotations

import asyncio
from typing import cast

import uvloop

ANSWER = b'[{"packet":{"name":"message","payload":{"body":"Your order left us on Tuesday."}}}]'
#: What is found in a frame that brings the answer to a contact, and in no other.
MARK = b"Your order left us"
_RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
_LENGTH = b"content-length: "


class Caller(asyncio.Protocol):
    """One connection of the platform."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is there whole."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].lower()
            length = int(head[head.index(_LENGTH) + len(_LENGTH) :].split(b"\r", 1)[0])
            if len(self._received) < end + 4 + length:
                return
            self._received = self._received[end + 4 + length :]
            self._answer(head.split(b" ", 2)[1].decode())

    def _answer(self, path: str) -> None:
        if path.startswith("/after/"):
            asyncio.get_running_loop().call_later(float(path.removeprefix("/after/")), self._write)
        elif path != "/never":
            self._write()

    def _write(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_RESPONSE)


async def serve() -> None:
    """Answer until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Caller, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
