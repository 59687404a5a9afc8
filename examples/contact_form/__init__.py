"""A bot that asks for name and e-mail address, and hands over to a human."""

from __future__ import annotations

from .bot import create_bot

__all__ = ["create_bot"]
