"""Generates what others read the protocol from: JSON Schema for bot authors, TypeScript types for the widget.

`python -m frontdesk.protocol.schema` writes the files below the working directory, and with `--check` only tells
whether they are up to date.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from frontdesk.protocol import compat, events, webhook, widget
from frontdesk.protocol.api import EventsAccepted
from frontdesk.protocol.limits import MAX_EVENTS
from frontdesk.protocol.problems import Problem
from frontdesk.protocol.typescript import frames_source

#: Where the components of an OpenAPI page stand.
OPENAPI_REFS: Final = "#/components/schemas/{name}"
_FILE_REFS: Final = "#/$defs/{name}"
_BOT_SCHEMA: Final = "docs/reference/schema/bot.schema.json"
_FRAMES: Final = "web/protocol/frames.ts"

JsonSchema = dict[str, Any]


def wire_types() -> dict[str, Any]:
    """Return every type that goes over the wire by itself, by name; each has a folder of examples."""
    unions = (
        webhook.CallPacket,
        events.EventPacket,
        widget.WidgetEntry,
        widget.ContactFrame,
        widget.PlatformFrame,
    )
    alone = (webhook.WebhookCall, events.BotEvent, EventsAccepted, Problem)
    return {one.__name__: one for one in (*alone, *(member for union in unions for member in get_args(union)))}


def components(*, refs: str = OPENAPI_REFS) -> dict[str, JsonSchema]:
    """Return the schema of every type that bots meet, by name; `refs` says how one names another."""
    roots = (webhook.WebhookCall, events.BotEvent, EventsAccepted, Problem)
    _, found = msgspec.json.schema_components(roots, ref_template=refs)
    found["ContactUpdatePayload"]["anyOf"] = [{"required": [name]} for name in ("name", "email", "mobile_number")]
    for event, keys in compat.SPELLINGS.items():
        payload = msgspec.structs.fields(events.BY_NAME[event])[0].type.__name__
        for key, spellings in keys.items():
            _allow_spellings(found[payload], key=key, spellings=spellings)
    found["ApiEvent"] = {
        "title": "ApiEvent",
        "description": "An event sent to the API URL; it names the session it is for.",
        "allOf": [{"$ref": refs.format(name="BotEvent")}],
        "required": ["info"],
        "properties": {"info": {"required": ["cid"], "properties": {"cid": {"type": "string"}}}},
    }
    return found


def events_schema(*, refs: str = OPENAPI_REFS) -> JsonSchema:
    """Return the schema of the API URL's request body: one event, or a list of at most 20."""
    return _one_or_many({"$ref": refs.format(name="ApiEvent")})


def answer_schema(*, refs: str = OPENAPI_REFS) -> JsonSchema:
    """Return the schema of what a webhook answers: nothing, one event, or a list of at most 20."""
    schema = _one_or_many({"$ref": refs.format(name="BotEvent")})
    schema["anyOf"].append({"type": "null"})
    return schema


def call_schema(*, refs: str = OPENAPI_REFS) -> JsonSchema:
    """Return the schema of what a webhook is sent."""
    return {"$ref": refs.format(name="WebhookCall")}


def generated_files() -> Mapping[str, str]:
    """Return the text of every generated file, by its path in the repository."""
    return {_BOT_SCHEMA: json.dumps(_bot_schema(), indent=2, ensure_ascii=False) + "\n", _FRAMES: frames_source()}


def main() -> int:
    """Write the generated files, or with `--check` compare them; 1 where one is out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a file is out of date")
    parser.add_argument("--root", type=Path, default=Path(), help="the repository (default: here)")
    options = parser.parse_args()
    stale = [path for path, text in generated_files().items() if _read(options.root / path) != text]
    if options.check:
        sys.stderr.writelines(f"{path} is out of date; run `make schema`.\n" for path in stale)
        return 1 if stale else 0
    for path in stale:
        _write(options.root / path, text=generated_files()[path])
        sys.stdout.write(f"wrote {path}\n")
    return 0


def _one_or_many(one: JsonSchema) -> JsonSchema:
    return {"anyOf": [one, {"type": "array", "items": one, "maxItems": MAX_EVENTS}]}


def _allow_spellings(payload: JsonSchema, *, key: str, spellings: tuple[str, ...]) -> None:
    meant = payload["properties"][key]
    for other in spellings[1:]:
        payload["properties"][other] = {**meant, "description": f"Read as `{key}`.", "deprecated": True}
    payload["required"] = [name for name in payload["required"] if name != key]
    payload["anyOf"] = [{"required": [spelling]} for spelling in spellings]


def _bot_schema() -> JsonSchema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated by `make schema` from src/frontdesk/protocol; edit that instead.",
        "title": "What a bot and the platform say to each other",
        "description": "#/$defs/Call is what a webhook is sent, #/$defs/Answer what it may answer, "
        "#/$defs/ApiBody what may be sent to the API URL.",
        "anyOf": [{"$ref": "#/$defs/Call"}, {"$ref": "#/$defs/Answer"}],
        "$defs": {
            "Call": call_schema(refs=_FILE_REFS),
            "Answer": answer_schema(refs=_FILE_REFS),
            "ApiBody": events_schema(refs=_FILE_REFS),
            **components(refs=_FILE_REFS),
        },
    }


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _write(path: Path, *, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
