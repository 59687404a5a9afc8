"""A small tea shop to try the widget on: static pages with one script tag."""

from __future__ import annotations

from .shop import Page, render

__all__ = ["Page", "render"]
