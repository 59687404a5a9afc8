"""A website of somebody else's, on an origin of its own, with pages that a test writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/icon.png">
<title>Teas</title>
{head}
</head>
<body><main><h1>Teas</h1><p>Sencha, Assam, Earl Grey.</p><a href="#teas">See the teas</a></main></body>
</html>"""


@dataclass(kw_only=True)
class Document:
    """One answer of the website."""

    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/html"


@dataclass(kw_only=True)
class Website:
    """Documents by path. `host` is any name that the browser takes for this machine."""

    port: int = 0
    documents: dict[str, Document] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def add(self, path: str, *, head: str, headers: Mapping[str, str] | None = None) -> None:
        self.documents[path] = Document(body=PAGE.format(head=head), headers=headers or {})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        document = self.documents.get(request.path)
        if document is None:
            return web.Response(status=204 if request.path == "/icon.png" else 404)
        return web.Response(
            text=document.body, content_type=document.content_type, charset="utf-8", headers=dict(document.headers)
        )


@asynccontextmanager
async def website() -> AsyncIterator[Website]:
    """Serve an empty website on a free port."""
    site = Website()
    application = web.Application()
    application.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    try:
        yield site
    finally:
        await runner.cleanup()
