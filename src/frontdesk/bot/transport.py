"""The way to the API URL over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp

from frontdesk.bot.client import Reply
from frontdesk.bot.errors import Unreachable

#: How long one request may take, in seconds.
TIMEOUT_S = 15.0


class HttpPost:
    """Posts with aiohttp; the connections are opened by the first request and kept."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, url: str, body: bytes, /, *, headers: Mapping[str, str]) -> Reply:
        """Send one request. Redirects are not followed, since they would be given the token.

        Raises:
            Unreachable: no answer came.
        """
        try:
            async with self._ready().post(url, data=body, headers=headers, allow_redirects=False) as answer:
                names = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(status=answer.status, headers=names, body=await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"The API URL did not answer: {str(error) or type(error).__name__}") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _ready(self) -> aiohttp.ClientSession:
        """A session that belongs to the loop that runs."""
        if self._session is None or self._loop is not asyncio.get_running_loop():
            self._loop = asyncio.get_running_loop()
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self._session
