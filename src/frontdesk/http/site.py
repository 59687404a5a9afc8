"""Every HTTP route of the platform in one application."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import msgspec
import structlog
from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from frontdesk.actions.ports import Reader, StoreUnavailable
from frontdesk.core.ids import ConversationId, Seq
from frontdesk.http.armour import armoured
from frontdesk.http.asgi import JSON, REQUEST_ID, Asgi, Receive, Scope, Send
from frontdesk.http.assets import Asset
from frontdesk.http.health import Health, health_routes
from frontdesk.http.media import HEADERS as PICTURE_HEADERS
from frontdesk.http.media import Media, picture_of
from frontdesk.http.openapi import openapi
from frontdesk.http.problem import refuse_as
from frontdesk.protocol.api import EVENTS_PATH, PROBLEM_TYPE
from frontdesk.protocol.problems import CATALOGUE, ProblemCode, encode_problem, problem

#: What a page of the demo shop may do where it does not say so itself.
SHOP_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_log = structlog.get_logger("frontdesk.http")


class ShopPage(Protocol):
    """A page of the demo shop."""

    @property
    def body(self) -> str:
        """The text."""
        ...

    @property
    def content_type(self) -> str:
        """Its type."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers beyond the type."""
        ...


Shop = Callable[[str], ShopPage | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the routes are made of."""

    bot_calls: Asgi
    reader: Reader
    media: Media
    assets: Mapping[str, Asset]
    health: Health
    #: Pages at the root, in demo mode only.
    shop: Shop | None
    https: bool


#: Where the hot route stands; it is served without the router's overhead.
BOT_EVENTS = re.compile(EVENTS_PATH.replace("{public_id}", "(?P<public_id>[^/]+)"))


def application(site: Site) -> Asgi:
    """Return the application: the routes, problems for whatever has none, and security headers on everything."""
    others = cast("Asgi", litestar(site))

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        found = BOT_EVENTS.fullmatch(scope["path"])
        if found is None:
            await others(scope, receive, send)
            return
        scope["path_params"] = found.groupdict()
        try:
            await site.bot_calls(scope, receive, send)
        except Exception:  # noqa: BLE001 -- a bug is logged and never shown
            _log.exception("request.broke", request_id=scope.get(REQUEST_ID))
            await refuse_as(send, "internal")

    return armoured(routed, https=site.https)


def litestar(site: Site) -> Litestar:
    """Return all routes but the hot one."""
    return Litestar(
        route_handlers=[*health_routes(site.health), _picture(site), _document(), *_files(site)],
        exception_handlers={Exception: _refused},
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _picture(site: Site) -> HTTPRouteHandler:
    @get("/media/{conversation:str}/{seq:int}/{option:int}")
    async def picture(request: Request[Any, Any, Any]) -> Response[bytes]:
        conversation, seq, option = (request.path_params[name] for name in ("conversation", "seq", "option"))
        found = await picture_of(
            ConversationId(conversation), seq=Seq(seq), option=option, reader=site.reader, media=site.media
        )
        if found is None:
            return _problem("not_found")
        return Response(found.body, media_type=found.content_type, headers=PICTURE_HEADERS)

    return picture


def _document() -> HTTPRouteHandler:
    document = msgspec.json.encode(openapi())

    @get("/api/openapi.json")
    async def openapi_document() -> Response[bytes]:
        return Response(document, media_type=JSON)

    return openapi_document


def _files(site: Site) -> list[HTTPRouteHandler]:
    @get("/")
    async def front() -> Response[bytes]:
        return _shop_page(site, "")

    @get("/{name:str}")
    async def file(request: Request[Any, Any, Any]) -> Response[bytes]:
        name: str = request.path_params["name"]
        asset = site.assets.get(name)
        if asset is None:
            return _shop_page(site, name)
        if request.headers.get("if-none-match") == asset.etag:
            return Response(b"", status_code=304, headers=dict(asset.headers("identity")))
        coding, body = asset.form(request.headers.get("accept-encoding", ""))
        return Response(body, media_type=asset.content_type, headers=dict(asset.headers(coding)))

    return [front, file]


def _shop_page(site: Site, name: str) -> Response[bytes]:
    page = site.shop(name) if site.shop else None
    if page is None:
        return _problem("not_found")
    headers = {"content-security-policy": SHOP_POLICY, **{key.lower(): text for key, text in page.headers.items()}}
    return Response(page.body.encode(), media_type=page.content_type.partition(";")[0], headers=headers)


def _refused(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the problem for an error that no route has answered; a bug is logged and never shown."""
    if isinstance(error, HTTPException) and error.status_code < 500:
        code: ProblemCode = "method_not_allowed" if error.status_code == 405 else "not_found"
        response = _problem(code)
        if error.headers and "allow" in error.headers:
            response.headers["allow"] = error.headers["allow"]
        return response
    if isinstance(error, StoreUnavailable):
        return _problem("unavailable")
    _log.error("request.broke", request_id=request.scope.get(REQUEST_ID), exc_info=error)
    return _problem("internal")


def _problem(code: ProblemCode, *, detail: str = "") -> Response[bytes]:
    headers = {"retry-after": "1"} if code == "unavailable" else {}
    return Response(
        encode_problem(problem(code, detail=detail)),
        status_code=CATALOGUE[code].status,
        media_type=PROBLEM_TYPE,
        headers=headers,
    )
