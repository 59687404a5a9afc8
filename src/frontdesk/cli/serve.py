"""`frontdesk serve`: the server."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import click
import uvloop

from frontdesk.app import App, build
from frontdesk.cli.shell import console, run, settings_of
from frontdesk.logs import LEVELS, configure_logs

#: Seconds after which the process ends with whatever is unfinished; the store keeps it for the next one.
STOP_S = 14.0


@click.command()
@click.option("--host", help="The address to listen on, instead of FRONTDESK_HOST.")
@click.option("--port", help="The port to listen on, instead of FRONTDESK_PORT.")
@click.option("--public-url", help="The address that browsers use, instead of FRONTDESK_PUBLIC_URL.")
@click.option("--log-format", help="text or json, instead of FRONTDESK_LOG_FORMAT.")
@click.pass_context
def serve(
    context: click.Context, host: str | None, port: str | None, *, public_url: str | None, log_format: str | None
) -> None:
    """Run the server until it gets SIGTERM or Ctrl-C."""
    settings = settings_of(context, host=host, port=port, public_url=public_url, log_format=log_format)
    configure_logs(settings.log_format, level=LEVELS[settings.log_level])

    async def served() -> None:
        app = await build(settings)
        try:
            await app.start()
            console().print(f"Frontdesk listens at {app.url} with its data in {settings.data}.")
            await serve_until_stopped(app)
        finally:
            await app.stop()

    run(served, loop_factory=uvloop.new_event_loop)


async def serve_until_stopped(app: App) -> None:
    """Wait for SIGTERM or Ctrl-C, then stop in order; a second signal ends the process at once."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    names = (signal.SIGTERM, signal.SIGINT)
    for name in names:
        loop.add_signal_handler(name, stopping.set)
    await stopping.wait()
    for name in names:
        loop.remove_signal_handler(name)
        signal.signal(name, signal.SIG_DFL)
    watchdog = threading.Timer(STOP_S, os._exit, args=(1,))
    watchdog.daemon = True
    watchdog.start()
    await app.stop()
