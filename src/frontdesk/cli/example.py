"""The programs of `examples/` that the demo runs: in a checkout, or inside the installed package."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

from frontdesk.app import packaged
from frontdesk.http.site import Shop, ShopPage

#: Seconds that a bot may take to start, and to stop.
START_S = 20.0
STOP_S = 5.0


class ExampleBroken(Exception):
    """An example is missing or does not start."""


def examples_folder() -> Path:
    """Return the folder of the examples. Raises ExampleBroken."""
    folder = packaged("_examples", checkout="examples")
    if not folder.is_dir():
        raise ExampleBroken(f"The examples are not installed: {folder} is missing.")
    return folder


def shop_pages(*, loader_url: str, widget_key: str) -> Shop:
    """Return the pages of the demo shop. Raises ExampleBroken."""
    module = _loaded(examples_folder() / "shop_page" / "shop.py", name="frontdesk_shop_page")
    render: Callable[..., ShopPage | None] = module.render

    def page(name: str) -> ShopPage | None:
        return render(name, loader_url=loader_url, widget_key=widget_key)

    return page


@asynccontextmanager
async def example_bot(name: str, *, port: int, environ: dict[str, str]) -> AsyncIterator[None]:
    """Run an example bot as a program of its own meanwhile. Raises ExampleBroken where it does not start."""
    folder = examples_folder()
    # Only its own words go to the bot: the server's settings are none of its business.
    kept = {key: text for key, text in os.environ.items() if not key.startswith("FRONTDESK_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "frontdesk.cli.beside",
        f"{folder.name}.{name}",
        cwd=folder.parent,
        env={**kept, **environ},
        # It ends when this pipe does, which happens however this process dies.
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        # Ctrl-C reaches the server only; it then stops the bot after the last call was answered.
        start_new_session=True,
    )
    try:
        await _listens(process, port=port, name=name)
        yield
    finally:
        await _ended(process)


def free_port() -> int:
    """Return a port of this machine that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _loaded(path: Path, *, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ExampleBroken(f"The demo shop is not installed: {path} is missing.")
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up by name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


async def _listens(process: asyncio.subprocess.Process, *, port: int, name: str) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + START_S
    while loop.time() < until:
        if process.returncode is not None:
            raise ExampleBroken(f"The example bot {name} ended with exit code {process.returncode}.")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise ExampleBroken(f"The example bot {name} did not listen on port {port} within {START_S:.0f} s.")


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
