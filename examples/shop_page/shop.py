"""Renders the demo shop: files with `{{placeholders}}`, an order page, and the strict page's security header."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PAGES = Path(__file__).parent / "pages"
#: The shop and the bot tell of the same orders.
ORDERS = Path(__file__).parent.parent / "order_status" / "orders.json"

FILES = {"shop.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
ORDER_PAGE = re.compile(r"order-(\d{4,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What to answer for one address of the shop."""

    body: str
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def render(page: str, *, loader_url: str, widget_key: str) -> Page | None:
    """The shop's page named by the path below its root: ``""``, ``"order-1042"``, ``"guide"``, ``"shop.css"``.

    Links between the pages are relative, so the shop can be mounted at any path that ends in a slash.
    `loader_url` is the widget's loader, absolute or a path. None: there is no such page.
    """
    values = {"loader": loader_url, "widget": widget_key}
    if page in ("", "index.html"):
        return Page(body=_filled("index.html", values))
    if page == "guide":
        return Page(body=_filled("guide.html", values), headers=_strictest(loader_url))
    if page in FILES:
        return Page(body=_text(page), content_type=FILES[page])
    if found := ORDER_PAGE.fullmatch(page):
        return _order_page(found[1], values)
    return None


def _order_page(number: str, values: dict[str, str]) -> Page | None:
    order = json.loads(ORDERS.read_text(encoding="utf-8")).get(number)
    if order is None:
        return None
    parts = {"products": "".join(map(_product, order["products"])), "steps": _steps(order["step"])}
    facts = {"number": number, "status": order["status"], "note": order["note"], "placed": order["placed"]}
    return Page(body=_filled("order.html", values | facts, parts))


def _product(product: dict[str, Any]) -> str:
    name, detail, picture = (html.escape(product[key]) for key in ("name", "detail", "picture"))
    return (
        f'<li class="line"><svg class="picture {picture}" aria-hidden="true"><use href="#{_shape(picture)}"/></svg>'
        f"<span><strong>{name}</strong><br>{detail}</span></li>\n"
    )


def _shape(picture: str) -> str:
    return picture if picture in ("teapot", "cup") else "tin"


def _steps(reached: int) -> str:
    names = ("Ordered", "Packed", "On its way", "Delivered")
    marks = ("done" if place < reached else "now" if place == reached else "ahead" for place in range(1, 5))
    return "".join(
        f'<li class="{mark}"{" aria-current=step" if mark == "now" else ""}>{name}</li>'
        for name, mark in zip(names, marks, strict=True)
    )


def _filled(name: str, values: dict[str, str], parts: dict[str, str] | None = None) -> str:
    """The file with `{{key}}` replaced: values are escaped, parts are HTML of our own."""
    known = {key: html.escape(value) for key, value in values.items()} | (parts or {})
    known["pictures"] = _text("pictures.svg")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: known[found[1]], _text(name))


def _strictest(loader_url: str) -> dict[str, str]:
    """The tightest policy a page can have and still load the widget."""
    parts = urlsplit(loader_url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"
    socket = f" {parts.scheme.replace('http', 'ws', 1)}://{parts.netloc}" if parts.netloc else ""
    policy = (
        f"default-src 'none'; script-src {origin}; connect-src {origin}{socket}; img-src {origin}; "
        "style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return {"Content-Security-Policy": policy}


def _text(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")
