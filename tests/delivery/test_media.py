"""Pictures that bots name: fetched once, through the guard, and nothing but pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from frontdesk.core.ids import Instant
from frontdesk.delivery.media import MAX_BYTES, MAX_FETCHES, MAX_WAITING, Media, type_of
from tests.delivery import stage
from tests.delivery.running import until
from tests.kit.hostile_bot import HostileBot, Visit, closed_port, head

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
SAMPLES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 100,
    "image/gif": b"GIF89a" + b"\0" * 100,
    "image/webp": b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 100,
    "image/avif": b"\0\0\0\x1cftypavif" + b"\0" * 100,
}


@pytest.fixture
async def media(tmp_path: Path) -> AsyncIterator[Media]:
    async with stage.client("127.0.0.1") as client:
        one = Media(client, tmp_path / "media", now=stage.now)
        yield one
        await one.stop()


@pytest.mark.guarantee("S14")
@pytest.mark.parametrize("kind", SAMPLES)
async def test_a_picture_comes_with_the_type_of_its_bytes(kind: str, bot: HostileBot, media: Media) -> None:
    serve(bot, SAMPLES[kind], kind=kind)

    picture = await media.get(bot.url("picture"))

    assert picture is not None
    assert (picture.body, picture.content_type) == (SAMPLES[kind], kind)


async def test_a_picture_is_fetched_once(bot: HostileBot, media: Media) -> None:
    serve(bot, PNG)

    found = await asyncio.gather(*(media.get(bot.url("picture")) for _ in range(10)))
    again = await media.get(bot.url("picture"))

    assert {one.body for one in found if one} == {PNG}
    assert again == found[0]
    assert len(bot.journal) == 1


@pytest.mark.guarantee("S14")
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/png"),
        (b"<!doctype html>", "text/html"),
        (PNG, "text/html"),
        (PNG, "image/jpeg"),
        (b"", "image/png"),
        (PNG.ljust(MAX_BYTES + 1, b"\0"), "image/png"),
    ],
)
async def test_what_is_no_picture_is_not_shown(*, body: bytes, kind: str, bot: HostileBot, media: Media) -> None:
    serve(bot, body, kind=kind)

    assert await media.get(bot.url("picture")) is None


@pytest.mark.guarantee("S14")
@pytest.mark.parametrize("path", ["redirect-302", "status-404", "status-500", "gzip", "reset-mid-body", "endless-body"])
async def test_a_host_that_misbehaves_gives_no_picture(path: str, bot: HostileBot, media: Media) -> None:
    assert await media.get(bot.url(path)) is None
    assert len(bot.journal) == 1


@pytest.mark.guarantee("S14")
@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/a.png",
        "https://10.0.0.1/a.png",
        "https://169.254.169.254/a.png",
        "//127.0.0.1/a.png",
        "data:image/png;base64,iVBORw0KGgo=",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://93.184.215.14/a.png",
        "https://user@93.184.215.14/a.png",
        "https://a..b/a.png",
        f"https://{'a' * 64}.example/a.png",
        "",
    ],
)
async def test_a_picture_is_not_fetched_from_where_no_call_may_go(url: str, media: Media) -> None:
    assert await media.get(url) is None


async def test_a_picture_that_was_not_there_is_not_asked_for_again_at_once(bot: HostileBot, tmp_path: Path) -> None:
    clock = [Instant(1_000_000)]
    async with stage.client("127.0.0.1") as client:
        media = Media(client, tmp_path, now=lambda: clock[0])

        await media.get(bot.url("status-404"))
        await media.get(bot.url("status-404"))
        asked = len(bot.journal)
        clock[0] = Instant(clock[0] + 61_000)
        await media.get(bot.url("status-404"))

    assert asked == 1
    assert len(bot.journal) == 2


async def test_the_pictures_used_longest_ago_make_room(bot: HostileBot, tmp_path: Path) -> None:
    serve(bot, PNG)
    async with stage.client("127.0.0.1") as client:
        media = Media(client, tmp_path, now=stage.now, max_kept=3 * len(PNG))

        for number in range(5):
            await media.get(bot.url("picture") + f"?{number}")

    assert kept_in(tmp_path) == 3


async def test_a_refused_connection_gives_no_picture(media: Media) -> None:
    assert await media.get(f"http://127.0.0.1:{closed_port()}/a.png") is None


def test_the_first_bytes_tell_the_type() -> None:
    assert {kind: type_of(body) for kind, body in SAMPLES.items()} == {kind: kind for kind in SAMPLES}
    assert type_of(b"<svg>") is None


def serve(bot: HostileBot, body: bytes, *, kind: str = "image/png") -> None:
    async def picture(visit: Visit) -> None:
        await visit.send(head(200, f"Content-Type: {kind}", f"Content-Length: {len(body)}") + body)

    bot.behaviours["picture"] = picture


def kept_in(folder: Path) -> int:
    return len(list(folder.iterdir()))


@pytest.mark.guarantee("O2")
async def test_pictures_that_nobody_sends_do_not_pile_up(bot: HostileBot, media: Media) -> None:
    waiting = [asyncio.create_task(media.get(bot.url("timeout") + f"?{number}")) for number in range(MAX_WAITING)]
    await until(lambda: len(media._under_way) == MAX_WAITING and len(bot.journal) == MAX_FETCHES)

    assert await media.get(bot.url("one-more")) is None
    assert len(bot.journal) == MAX_FETCHES
    await media.stop()
    await asyncio.gather(*waiting, return_exceptions=True)
