"""`frontdesk serve`: the server."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping

import click
import uvloop

from frontdesk.app import App, Surroundings, build
from frontdesk.cli.shell import Flags, Unreachable, console, run, settings_of
from frontdesk.cli.workers import Workers
from frontdesk.listening import CannotListen, bound
from frontdesk.logs import LEVELS, configure_logs
from frontdesk.settings import Settings

#: Seconds after which the process ends with whatever is unfinished; the store keeps it for the next one.
STOP_S = 14.0


@click.command()
@click.option("--host", help="The address to listen on, instead of FRONTDESK_HOST.")
@click.option("--port", help="The port to listen on, instead of FRONTDESK_PORT.")
@click.option("--public-url", help="The address that browsers use, instead of FRONTDESK_PUBLIC_URL.")
@click.option("--log-format", help="text or json, instead of FRONTDESK_LOG_FORMAT.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, help="How many processes; more than 1 need PostgreSQL."
)
@click.option(
    "--worker-fd", type=int, hidden=True, help="The listening socket, for a worker that is started by another."
)
@click.pass_context
def serve(context: click.Context, /, *, workers: int, worker_fd: int | None, **flags: str | None) -> None:
    """Run the server until it gets SIGTERM or Ctrl-C."""
    settings = settings_of(context, **flags)
    configure_logs(settings.log_format, level=LEVELS[settings.log_level])
    if workers > 1:
        _supervise(settings, count=workers, arguments=_arguments(context, flags))
        return
    given = None if worker_fd is None else socket.socket(fileno=worker_fd)

    async def served() -> None:
        app = await build(settings, surroundings=Surroundings(bound=given))
        try:
            await app.start()
            _settle_memory()
            if given is None:
                console().print(f"Frontdesk listens at {app.url} with its data in {_place(settings)}.")
            await serve_until_stopped(app, orphaned=given is not None)
        finally:
            await app.stop()

    run(served, loop_factory=uvloop.new_event_loop)


def _settle_memory() -> None:
    """Let the garbage collector look at what is new only, and less often: hardly anything of a turn is a cycle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def serve_until_stopped(app: App, *, orphaned: bool = False) -> None:
    """Wait for SIGTERM or Ctrl-C, with `orphaned` also for the end of the input, then stop in order.

    A second signal ends the process at once.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    names = (signal.SIGTERM, signal.SIGINT)
    for name in names:
        loop.add_signal_handler(name, stopping.set)
    if orphaned:
        loop.add_reader(sys.stdin.fileno(), stopping.set)
    await stopping.wait()
    for name in names:
        loop.remove_signal_handler(name)
        signal.signal(name, signal.SIG_DFL)
    watchdog = threading.Timer(STOP_S, os._exit, args=(1,))
    watchdog.daemon = True
    watchdog.start()
    if orphaned:
        loop.remove_reader(sys.stdin.fileno())
    await app.stop()


def _supervise(settings: Settings, *, count: int, arguments: list[str]) -> None:
    if settings.database_url is None:
        raise Unreachable(
            "--workers needs PostgreSQL, since one process has a SQLite file at a time. "
            "Set FRONTDESK_DATABASE_URL, or leave --workers out."
        )
    try:
        listening = bound(settings.host, settings.port)
    except CannotListen as wrong:
        raise Unreachable(str(wrong)) from None

    async def kept() -> int:
        return await Workers(arguments, listening=listening, count=count).run()

    with listening:
        url = settings.url_at(listening.getsockname()[1])
        console().print(f"Frontdesk listens at {url} with {count} workers and its data in {_place(settings)}.")
        code = run(kept)
    if code:
        sys.exit(code)


def _arguments(context: click.Context, flags: Mapping[str, str | None]) -> list[str]:
    """Return the arguments that a worker is started with."""
    data = (context.find_object(Flags) or Flags()).data
    root = [] if data is None else ["--data", data]
    own = [part for name, text in flags.items() if text is not None for part in (f"--{name.replace('_', '-')}", text)]
    return [*root, "serve", *own]


def _place(settings: Settings) -> str:
    return os.fspath(settings.data) if settings.database_url is None else "PostgreSQL"
