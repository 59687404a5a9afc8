"""A small HTTP server for one bot: every POST is a webhook call."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from frontdesk.protocol.limits import MAX_DOCUMENT_BYTES

if TYPE_CHECKING:
    from frontdesk.bot.bot import Bot

log = logging.getLogger("frontdesk.bot")

#: How long the platform is given to apply an answer before work for later may post, in seconds.
APPLY_S = 0.05
#: How long calls under way are waited for at the end, in seconds.
STOP_S = 10.0


@asynccontextmanager
async def serving(bot: Bot, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the bot meanwhile, and give its URL; port 0 takes a free one. Calls under way are finished at the end."""
    app = web.Application(client_max_size=MAX_DOCUMENT_BYTES)
    app.router.add_post("/{path:.*}", _answering(bot))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield f"http://{host}:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
        await bot.close()


def run(bot: Bot, *, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(_run(bot, host=host, port=port))


async def _run(bot: Bot, *, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(bot, host=host, port=port) as url:
        log.info("the bot listens at %s", url)
        await stop.wait()
        log.info("the bot stops")


def _answering(bot: Bot) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        reply = await bot.handle(await request.read(), request.headers)
        response = web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))
        await response.prepare(request)
        await response.write_eof()
        asyncio.get_running_loop().call_later(APPLY_S, reply.delivered)
        return response

    return answer
