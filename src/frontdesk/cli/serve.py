"""`frontdesk serve`: the server."""

from __future__ import annotations

import asyncio
import gc
import signal

import click
import uvloop

from frontdesk.app import App, build
from frontdesk.cli.shell import console, run, settings_of
from frontdesk.logs import configure_logs


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
    configure_logs(settings.log_format)

    async def served() -> None:
        app = await build(settings)
        try:
            await app.start()
            _settle_memory()
            console().print(f"Frontdesk listens at {app.url} with its data in {settings.data}.")
            await serve_until_stopped(app)
        finally:
            await app.stop()

    run(served, loop_factory=uvloop.new_event_loop)


def _settle_memory() -> None:
    """Let the garbage collector look at what is new only, and less often: hardly anything of a turn is a cycle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def serve_until_stopped(app: App) -> None:
    """Wait for SIGTERM or Ctrl-C, then stop in order."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    await stopping.wait()
    await app.stop()
