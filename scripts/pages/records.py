"""The page of all records that bots and platform exchange, with the example of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frontdesk import protocol
from frontdesk.protocol.schema import components
from scripts.pages.markdown import code, page, table

EXAMPLES = Path(next(iter(protocol.__path__))) / "examples"


def render() -> str:
    """Return the page."""
    found = components(refs="#{name}")
    return page(
        "Records of the bot protocol",
        "Every record that goes to a bot or comes from one. The same as JSON Schema: "
        "[bot.schema.json](schema/bot.schema.json).",
        *(block for name in sorted(found) for block in blocks(name, schema=found[name])),
    )


def blocks(name: str, *, schema: dict[str, Any]) -> Iterator[str]:
    """Yield what the page says of one record."""
    yield f"## {name}"
    if "description" in schema:
        yield str(schema["description"])
    required = set(schema.get("required", ()))
    rows = [
        (code(key), kind(value), "yes" if key in required else "", str(value.get("description", "")))
        for key, value in schema.get("properties", {}).items()
    ]
    if rows:
        yield table(("key", "type", "required", "meaning"), rows)
    elif kind(schema):
        yield f"Is: {kind(schema)}."
    for example in sorted((EXAMPLES / name).glob("*.json")):
        yield f"Example, {example.stem.replace('_', ' ')}:\n\n```json\n{example.read_text(encoding='utf-8').strip()}\n```"


def kind(schema: dict[str, Any]) -> str:
    """Return a schema in a few words, with links to other records."""
    if "$ref" in schema:
        target = str(schema["$ref"]).removeprefix("#")
        return f"[{target}](#{target.lower()})"
    for union in ("anyOf", "oneOf", "allOf"):
        parts = [kind(part) for part in schema.get(union, ())]
        if any(parts):
            return " or ".join(part for part in parts if part)
    if "enum" in schema:
        return " or ".join(code(str(value)) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {})) or 'anything'}"
    return f"{schema.get('type', '')}{limits(schema)}"


def limits(schema: dict[str, Any]) -> str:
    """Return the lengths and bounds that a schema sets."""
    names = {"minLength": "at least", "maxLength": "at most", "minimum": "from", "maximum": "to"}
    return "".join(f", {word} {schema[key]}" for key, word in names.items() if key in schema)
