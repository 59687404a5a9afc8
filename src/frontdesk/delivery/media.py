"""Fetches the images that bots name, through the guarded client, so that a contact's browser never calls a bot's host."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from frontdesk.core.ids import Instant
from frontdesk.delivery.client import Client
from frontdesk.delivery.guard import Blocked

MAX_BYTES = 5 * 1024 * 1024
FETCH_S = 5.0
#: Bytes of pictures kept on disk; the ones used longest ago go first.
MAX_KEPT = 256 * 1024 * 1024
#: Fetches under way at once.
MAX_FETCHES = 8
#: Pictures that are fetched or wait for it; one more is not shown this time.
MAX_WAITING = 256
#: A URL that gave no picture is not fetched again for so long.
MISSED_MS = 60_000
MAX_MISSED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image's bytes and the type that its first bytes show: png, jpeg, gif, webp or avif."""

    body: bytes
    content_type: str


class Media:
    """Pictures by URL, kept in `folder`. `now` is the wall clock."""

    def __init__(self, client: Client, folder: Path, *, now: Callable[[], Instant], max_kept: int = MAX_KEPT) -> None:
        self._client = client
        self._folder = folder
        self._now = now
        self._max_kept = max_kept
        self._fetches = asyncio.Semaphore(MAX_FETCHES)
        self._under_way: dict[str, asyncio.Task[Picture | None]] = {}
        self._missed: OrderedDict[str, Instant] = OrderedDict()

    async def get(self, url: str) -> Picture | None:
        """Return the picture, or None where the URL has none that may be shown."""
        kept = await asyncio.to_thread(self._kept, url)
        if kept is not None:
            return kept
        if self._missed.get(url, Instant(0)) > self._now():
            return None
        task = self._under_way.get(url)
        if task is None:
            if len(self._under_way) >= MAX_WAITING:
                return None
            task = asyncio.create_task(self._fetch_and_keep(url))
            self._under_way[url] = task
            task.add_done_callback(lambda _: self._under_way.pop(url, None))
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """End the fetches under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch_and_keep(self, url: str) -> Picture | None:
        async with self._fetches:
            picture = await self._fetch(url)
        if picture is None:
            self._missed[url] = Instant(self._now() + MISSED_MS)
            while len(self._missed) > MAX_MISSED:
                self._missed.popitem(last=False)
            return None
        await asyncio.to_thread(self._keep, url, picture)
        return picture

    async def _fetch(self, url: str) -> Picture | None:
        try:
            target = self._client.guard.url(url)
            # Plain http is for a developer's own machine only.
            if target.scheme != "https" and not self._client.guard.trusts(target):
                return None
            async with (
                asyncio.timeout(FETCH_S),
                self._client.session(target).get(
                    target,
                    headers={
                        "accept": "image/avif,image/webp,image/png,image/jpeg,image/gif",
                        "accept-encoding": "identity",
                    },
                    allow_redirects=False,
                    ssl=self._client.tls,
                ) as response,
            ):
                return await _picture(response)
        except (Blocked, TimeoutError, aiohttp.ClientError, OSError):
            return None

    def _kept(self, url: str) -> Picture | None:
        path = self._path(url)
        try:
            body = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        content_type = type_of(body)
        return Picture(body=body, content_type=content_type) if content_type else None

    def _keep(self, url: str, picture: Picture) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            file.write(picture.body)
        Path(file.name).replace(self._path(url))
        self._make_room()

    def _make_room(self) -> None:
        kept = []
        for path in self._folder.iterdir():
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            kept.append((facts.st_mtime_ns, facts.st_size, path))
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._max_kept:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def type_of(body: bytes) -> str | None:
    """Return the image type that the first bytes show, or None."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if body[4:12] in {b"ftypavif", b"ftypavis"} else None


async def _picture(response: aiohttp.ClientResponse) -> Picture | None:
    if response.status != 200 or (response.content_length or 0) > MAX_BYTES:
        return None
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return None
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_BYTES:
            return None
    content_type = type_of(bytes(body[:16]))
    if content_type is None or response.content_type.lower() != content_type:
        return None
    return Picture(body=bytes(body), content_type=content_type)
