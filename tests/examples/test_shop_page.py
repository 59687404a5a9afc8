"""The demo shop's pages."""

from __future__ import annotations

import re

import pytest

from examples.shop_page import render

LOADER = "http://127.0.0.1:8000/widget/loader.js"


@pytest.mark.parametrize("page", ["", "guide", "order-1042", "order-2077", "order-3110"])
def test_a_page_carries_the_widget_and_nothing_inline_or_foreign(page: str) -> None:
    found = render(page, loader_url=LOADER, widget_key='a"b')

    assert found is not None
    assert f'<script async src="{LOADER}" data-widget="a&quot;b" data-accent="#2f6f5e"></script>' in found.body
    assert "{{" not in found.body
    assert not re.search(r"<style|style=|\son\w+=|<script(?! async src)", found.body)
    assert not [link for link in re.findall(r'(?:href|src)="(\w+:[^"]*)"', found.body) if link != LOADER]


def test_an_order_page_shows_its_order() -> None:
    found = render("order-1042", loader_url="/loader.js", widget_key="k")

    assert found is not None
    assert "Stoneware teapot" in found.body
    assert '<li class="now" aria-current=step>On its way</li>' in found.body


def test_the_guide_has_the_strictest_policy_that_lets_the_widget_in() -> None:
    found = render("guide", loader_url=LOADER, widget_key="k")

    assert found is not None
    policy = found.headers["Content-Security-Policy"]
    assert "connect-src http://127.0.0.1:8000 ws://127.0.0.1:8000;" in policy
    assert "trusted-types 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("page", ["order-9999", "order-../x", "../shop.py", "nothing"])
def test_there_is_nothing_else(page: str) -> None:
    assert render(page, loader_url="/loader.js", widget_key="k") is None


@pytest.mark.parametrize(("name", "kind"), [("shop.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml")])
def test_the_files_that_pages_need_are_served(name: str, kind: str) -> None:
    found = render(name, loader_url="/loader.js", widget_key="k")

    assert found is not None
    assert found.content_type == kind
    assert f'href="{name}"' in render("", loader_url="/loader.js", widget_key="k").body  # type: ignore[union-attr]
