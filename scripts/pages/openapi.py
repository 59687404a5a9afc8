"""The OpenAPI document of the bot API, as a file."""

from __future__ import annotations

import json

from frontdesk.http.openapi import openapi


def render() -> str:
    """Return the document."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"
