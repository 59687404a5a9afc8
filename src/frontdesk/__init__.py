"""Frontdesk: self-hosted live chat in which bots are operators."""

from __future__ import annotations

__version__ = "0.1.0"
