"""The demo bot of a small shop: delivery status, returns, and a way to a human."""

from __future__ import annotations

from .bot import create_bot
from .orders import Order, Product, look_up

__all__ = ["Order", "Product", "create_bot", "look_up"]
