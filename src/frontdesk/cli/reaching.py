"""What `frontdesk doctor` looks at over the network: the server at its address, and each bot's webhook."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator

import aiohttp

from frontdesk.actions.ports import StoreUnavailable
from frontdesk.cli.findings import Finding
from frontdesk.cli.shell import office
from frontdesk.control.client import find_server
from frontdesk.control.office import Office
from frontdesk.core.people import Bot, Directory
from frontdesk.delivery.guard import Blocked, Guard
from frontdesk.settings import Settings
from frontdesk.store.errors import CannotOpen

#: Seconds for an answer, or a connection.
PATIENCE_S = 5.0


async def look_at_database(settings: Settings) -> tuple[list[Finding], Directory | None]:
    """Open the PostgreSQL database; return its configuration, too."""
    try:
        async with office(settings) as opened:
            directory = await opened.directory()
    except (CannotOpen, StoreUnavailable) as wrong:
        fix = "Look at FRONTDESK_DATABASE_URL, and whether PostgreSQL runs and lets this machine in."
        return [Finding(about="store", state="failure", detail=f"{wrong}.", fix=fix)], None
    return [Finding(about="store", state="ok", detail="PostgreSQL answers, and its schema is up to date.")], directory


async def look_at_server(settings: Settings) -> AsyncIterator[Finding]:
    """Ask the running server whether it is ready, at the address that browsers use."""
    try:
        server = await find_server(settings.control_path)
    except StoreUnavailable as wrong:
        yield Finding(about="server", state="failure", detail=f"{wrong}.", fix="Run this as the server's user.")
        return
    if server is not None:
        await server.close()
    elif settings.database_url is None:
        yield Finding(about="server", state="skipped", detail=f"No server runs on {settings.data}.")
        return
    url = f"{settings.url}/ready"
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url, allow_redirects=False) as response:
            status, text = response.status, await response.text()
    except (aiohttp.ClientError, TimeoutError, OSError) as wrong:
        fix = "Look at FRONTDESK_PUBLIC_URL, FRONTDESK_PORT, the proxy and its certificate."
        detail = f"{url} cannot be reached from here: {str(wrong) or 'no answer'}."
        yield Finding(about="server", state="failure", detail=detail, fix=fix)
    else:
        if status == 200:
            yield Finding(about="server", state="ok", detail=f"{url} answers that it is ready.")
        else:
            fix = "Read what it says, and the server's log." if status == 503 else "Is another program at this address?"
            detail = f"{url} answers {status}: {text[:300]}"
            yield Finding(about="server", state="failure", detail=detail, fix=fix)


async def look_at_bots(directory: Directory, *, guard: Guard, desk: Office | None) -> AsyncIterator[Finding]:
    """Connect to each bot's webhook; with a `desk`, also call it with a sample."""
    for bot in directory.bots.values():
        about = f"bot {bot.id} ({bot.name})"
        if bot.paused:
            fix = f"When it is ready: frontdesk bot edit {bot.id} --resumed"
            yield Finding(about=about, state="warning", detail="It is paused, and gets no conversations.", fix=fix)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await _connect(bot, guard=guard)
        except Blocked:
            fix = "If the address is meant, name its host in FRONTDESK_ALLOWED_PRIVATE."
            yield Finding(about=about, state="failure", detail=f"{bot.webhook_url} is not allowed.", fix=fix)
        except (OSError, TimeoutError, UnicodeError) as wrong:
            kind = "its certificate does not hold" if isinstance(wrong, ssl.SSLError) else "it cannot be reached"
            detail = f"{bot.webhook_url}: {kind}: {str(wrong) or 'no answer'}."
            fix = f"Start the bot, or correct the address: frontdesk bot edit {bot.id} --webhook-url URL"
            yield Finding(about=about, state="failure", detail=detail, fix=fix)
        else:
            yield Finding(about=about, state="ok", detail=f"{bot.webhook_url} takes connections.")
            if desk is not None:
                yield await _called(bot, about=about, desk=desk)


async def _connect(bot: Bot, *, guard: Guard) -> None:
    url = guard.url(bot.webhook_url)
    host, port = url.host or "", url.port or 0
    found = await asyncio.get_running_loop().getaddrinfo(host, port)
    for one in found:
        guard.check(str(one[4][0]), trusted=guard.trusts(url))
    tls = ssl.create_default_context() if url.scheme == "https" else None
    address = str(found[0][4][0])
    name = host if tls else None
    _, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=name)
    writer.close()


async def _called(bot: Bot, *, about: str, desk: Office) -> Finding:
    trial = await desk.trial(bot.id)
    if trial.record.outcome != "ok":
        fix = f"See more: frontdesk bot test {bot.id}"
        detail = f"A sample call came to {trial.record.outcome}: {trial.record.reason}"
        return Finding(about=about, state="failure", detail=detail, fix=fix)
    if trial.checks_signature is False:
        fix = "Let the bot check signatures: anybody can call it."
        return Finding(about=about, state="warning", detail="It takes calls with a wrong signature.", fix=fix)
    return Finding(about=about, state="ok", detail="A sample call was answered.")
