"""Cards with pictures: served by the platform alone, and no worse for one that is missing (GUARANTEES S14)."""

from __future__ import annotations

import ssl
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, expect

from tests.acceptance.desk import open_desk
from tests.acceptance.pictures import picture
from tests.acceptance.scene import event, parrot
from tests.acceptance.widget import ChatWidget

#: A test authority that nobody else trusts, and what it says of 127.0.0.1.
CERTIFICATES = Path(__file__).parent / "certificates"
FILES = {"Sencha": "sencha.png", "Assam": "missing.png", "Earl Grey": "script.svg", "Chamomile": "lies.png"}


def png(width: int, height: int, rgb: tuple[int, int, int]) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(rgb) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def shelf(request: web.Request) -> web.StreamResponse:
    match request.path:
        case "/sencha.png":
            return web.Response(body=png(320, 200, (47, 111, 94)), content_type="image/png")
        case "/script.svg":
            return web.Response(text="<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml")
        case "/lies.png":
            return web.Response(text="<script>alert(1)</script>", content_type="image/png")
        case _:
            return web.Response(status=404)


@asynccontextmanager
async def picture_host() -> AsyncIterator[str]:
    """Serve pictures over TLS; return the address of their folder."""
    application = web.Application()
    application.router.add_get("/{name:.*}", shelf)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATES / "loopback.pem")
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.mark.process
@pytest.mark.guarantee("S14")
async def test_pictures_come_from_the_platform_and_a_failing_one_leaves_a_whole_card(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        picture_host() as host,
        open_desk(tmp_path, parrot, SSL_CERT_FILE=str(CERTIFICATES / "authority.pem")) as desk,
        await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800}) as context,
    ):
        cards = [{"headline": name, "subheadline": "100 g", "media": f"{host}{file}"} for name, file in FILES.items()]
        cards.append({"headline": "No picture at all", "subheadline": "100 g"})
        carousel = event("carousel", body="Our teas:", fallback="Teas", options=cards)
        desk.bot.answer = lambda call: [carousel] if call["packet"]["name"] == "start" else parrot(call)
        tab = await ChatWidget(page=await context.new_page()).visits(desk.site.url())
        await tab.opens()
        await tab.offers(*FILES, "No picture at all")

        shown = tab.option("Sencha").locator("img")
        await expect(shown).to_have_js_property("naturalWidth", 320)
        for name in ("Assam", "Earl Grey", "Chamomile"):
            await tab.option(name).scroll_into_view_if_needed()
            await expect(tab.option(name).locator("img")).to_have_count(0)
        await tab.option("Sencha").scroll_into_view_if_needed()
        await picture(tab.page, "carousel")

        sources = [url for url in tab.requests if "/media/" in url]
        assert len(sources) == len(FILES)
        assert all(url.startswith(f"{desk.url}/media/") for url in sources)
        assert not [url for url in tab.requests if url.startswith(host)]
        assert await shown.get_attribute("referrerpolicy") == "no-referrer"
        await tab.clicks("Assam")
        await tab.shows("You chose Assam.")
        await tab.rests("Sencha")
