"""The OpenAPI 3.1 page of the bot API, generated from the types of the wire."""

from __future__ import annotations

from typing import Any

import frontdesk
from frontdesk.protocol import api
from frontdesk.protocol.limits import MAX_IDEMPOTENCY_KEY_CHARS
from frontdesk.protocol.problems import CATALOGUE
from frontdesk.protocol.schema import answer_schema, call_schema, components, events_schema

#: Problems that a call to the API URL can be answered with.
_STATUSES = (400, 401, 404, 409, 413, 422, 429, 503)
_RATE_HEADERS = {
    "RateLimit-Limit": "Calls with one cid in any 60 seconds.",
    "RateLimit-Remaining": "Calls that are left now, of the session that has the fewest.",
    "RateLimit-Reset": "Seconds until all calls are there again.",
}


def openapi(*, server: str = "/") -> dict[str, Any]:
    """Return the document; `server` is the address that it is served from."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Frontdesk bot API",
            "version": frontdesk.__version__,
            "description": "How a chatbot speaks of its own accord, and what it is sent (docs/reference/bot-protocol.md).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": {api.EVENTS_PATH: {"post": _post_events()}},
        "webhooks": {"event": {"post": _webhook()}},
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": api.TOKEN_HEADER.upper(),
                    "description": "The bot's API token: `frontdesk bot token`.",
                }
            },
        },
    }


def _post_events() -> dict[str, Any]:
    return {
        "operationId": "postEvents",
        "summary": "Trigger one event, or up to 20 in order.",
        "description": "The body is checked whole, then applied in one transaction through the first terminal event.",
        "parameters": [
            {
                "name": "public_id",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "description": "The bot's public id, as in its API URL.",
            },
            _header_parameter(
                api.IDEMPOTENCY_HEADER,
                doc="The same key and body within 24 hours get the first answer, and nothing is done again.",
                schema={
                    "type": "string",
                    "minLength": 1,
                    "maxLength": MAX_IDEMPOTENCY_KEY_CHARS,
                    "pattern": "^[ -~]+$",
                },
            ),
        ],
        "requestBody": {"required": True, "content": {api.JSON_TYPE: {"schema": events_schema()}}},
        "responses": {
            "200": {
                "description": "Every event was checked and applied, through the first terminal one.",
                "headers": {name: _rate_header(doc) for name, doc in _RATE_HEADERS.items()},
                "content": {api.JSON_TYPE: {"schema": {"$ref": "#/components/schemas/EventsAccepted"}}},
            },
            **{str(status): _problem_response(status) for status in _STATUSES},
        },
    }


def _webhook() -> dict[str, Any]:
    headers = {
        api.ID_HEADER: "Names the event; the same for every attempt.",
        api.TIMESTAMP_HEADER: "Unix seconds of this attempt.",
        api.SIGNATURE_HEADER: "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; two while a secret is rotated.",
        api.ATTEMPT_HEADER: "Number of the attempt, from 1.",
        api.DEADLINE_HEADER: "Milliseconds that the platform still waits.",
    }
    schema = {"type": "string"}
    return {
        "operationId": "receiveEvent",
        "summary": "What happened in a conversation that the bot is in charge of.",
        "security": [],
        "parameters": [_header_parameter(name, doc=doc, schema=schema) for name, doc in headers.items()],
        "requestBody": {"required": True, "content": {api.JSON_TYPE: {"schema": call_schema()}}},
        "responses": {
            "2XX": {
                "description": "Nothing, one event, or a list of up to 20.",
                "content": {api.JSON_TYPE: {"schema": answer_schema()}},
            }
        },
    }


def _header_parameter(name: str, *, doc: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": schema, "description": doc}


def _rate_header(doc: str) -> dict[str, Any]:
    return {"description": doc, "schema": {"type": "integer", "minimum": 0}}


def _problem_response(status: int) -> dict[str, Any]:
    kinds = {code: kind for code, kind in CATALOGUE.items() if kind.status == status}
    response: dict[str, Any] = {
        "description": " ".join(f"`{code}`: {kind.detail}" for code, kind in kinds.items()),
        "content": {api.PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in {429, 503}:
        response["headers"] = {"Retry-After": _rate_header("Seconds until the call may be sent again.")}
    return response
