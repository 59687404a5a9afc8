"""Reads what a bot says, as a webhook's answer or an API call: one event, a list, or nothing.

The document is judged whole. One fault refuses all of it, and every fault is named with its path; keys that nobody
knows are no fault, and are named too, for the delivery log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import msgspec

from frontdesk.protocol import compat, events
from frontdesk.protocol.explain import explain
from frontdesk.protocol.faults import Code, Fault, InvalidDocument, Kind, Place, at, capped, shown
from frontdesk.protocol.json_profile import parse
from frontdesk.protocol.limits import MAX_CID_CHARS, MAX_CONTEXT_BYTES, MAX_DOCUMENT_BYTES, MAX_EVENTS, MAX_NAMED
from frontdesk.protocol.rules import broken_rules
from frontdesk.protocol.tokens import compact

_BLANK: Final = b" \t\r\n"
_IN_CONTEXT: Final = re.compile(r"\$(?:\[\d+\])?\.info\.context(?![A-Za-z0-9_])")
_EVENT_KEYS: Final = frozenset({"info", "packet"})
_INFO_KEYS: Final = frozenset({"cid", "context"})
_PACKET_KEYS: Final = frozenset({"name", "payload"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedEvent:
    """One event. `cid` None: the call's own. `context` None: the stored one stays; else its compact bytes."""

    path: str
    cid: str | None
    context: bytes | None
    packet: events.EventPacket


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A valid document: its events in order, and the paths of the keys that were not understood (up to 100)."""

    events: tuple[DecodedEvent, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Findings:
    """What reading one document brings to light, and the cid it is held against."""

    cid: str | None
    cid_required: bool
    events: list[DecodedEvent] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    event_faults: list[Fault] = field(default_factory=list)
    context_faults: list[Fault] = field(default_factory=list)
    large_contexts: int = 0


def decode_answer(raw: bytes, *, cid_required: bool, cid: str | None = None) -> Decoded:
    """Read a whole document.

    `cid_required`: every event must name its cid (API URL). `cid`: the call's own cid; an event without one takes
    it, and one with another refuses the document (webhook's answer). Raises InvalidDocument with every fault.
    """
    if len(raw) <= MAX_DOCUMENT_BYTES and not raw.strip(_BLANK):
        return Decoded()
    items, is_list = _items(_tree(raw))
    contexts = _contexts(raw, items=items, is_list=is_list)
    found = _Findings(cid=cid, cid_required=cid_required)
    for position, item in enumerate(items):
        _read_event(item, place=(position,) if is_list else (), context=contexts.get(position), found=found)
    _refuse(found)
    return Decoded(events=tuple(found.events), ignored=tuple(found.ignored))


def _tree(raw: bytes) -> object:
    try:
        return parse(raw, is_free=_is_in_context)
    except InvalidDocument as error:
        if all(_IN_CONTEXT.match(fault.path) for fault in error.errors):
            raise InvalidDocument(error.errors, kind="invalid_context") from None
        raise


def _is_in_context(place: Place) -> bool:
    return ("info", "context") in (place[:2], place[1:3])


def _items(tree: object) -> tuple[list[object], bool]:
    match tree:
        case None:
            return [], True
        case list() if len(tree) > MAX_EVENTS:
            raise _document_fault(f"{len(tree):,} events; at most {MAX_EVENTS} are allowed", kind="invalid_event")
        case list():
            return tree, True
        case dict() if tree:
            return [tree], False
        case _:
            raise _document_fault(f"expected an event or a list of events, got {shown(tree)}", kind="invalid_json")


def _document_fault(message: str, *, kind: Kind) -> InvalidDocument:
    return InvalidDocument((Fault("$", message),), kind=kind, code="invalid_event")


def _read_event(item: object, *, place: Place, context: bytes | None, found: _Findings) -> None:
    if not isinstance(item, dict):
        found.event_faults.append(Fault(at(place), f"expected an event object, got {shown(item)}"))
        return
    _ignore(item, known=_EVENT_KEYS, place=place, found=found)
    cid = _read_info(item.get("info"), place=(*place, "info"), found=found)
    _check_size(context, place=place, found=found)
    packet = _read_packet(item.get("packet"), place=(*place, "packet"), found=found)
    if packet is not None:
        found.events.append(DecodedEvent(path=at(place), cid=cid, context=context, packet=packet))


def _read_info(info: object, *, place: Place, found: _Findings) -> str | None:
    if info is not None and not isinstance(info, dict):
        found.event_faults.append(Fault(at(place), f"expected an object, got {shown(info)}"))
        return None
    given = info or {}
    _ignore(given, known=_INFO_KEYS, place=place, found=found)
    if not isinstance(given.get("context", {}), dict | None):
        message = f"expected an object, got {shown(given['context'])}"
        found.context_faults.append(Fault(at((*place, "context")), message))
    named = given.get("cid")
    fault = _cid_fault(named, required=found.cid_required, own=found.cid)
    if fault is not None:
        found.event_faults.append(Fault(at((*place, "cid")), fault))
    return named if isinstance(named, str) else found.cid


def _cid_fault(named: object, *, required: bool, own: str | None) -> str | None:
    if named is None:
        return "missing; an event sent to the API URL names the session it is for" if required else None
    if not isinstance(named, str) or not 0 < len(named) <= MAX_CID_CHARS:
        return f"expected text of 1 to {MAX_CID_CHARS} characters, got {shown(named)}"
    if own is not None and named != own:
        return "expected the cid of this call, or none; use the API URL for other sessions"
    return None


def _read_packet(packet: object, *, place: Place, found: _Findings) -> events.EventPacket | None:
    if not isinstance(packet, dict):
        got = "missing; expected an object" if packet is None else f"expected an object, got {shown(packet)}"
        found.event_faults.append(Fault(at(place), f"{got} with name and payload"))
        return None
    _ignore(packet, known=_PACKET_KEYS, place=place, found=found)
    name = packet.get("name")
    if not isinstance(name, str) or name not in events.BY_NAME:
        known = ", ".join(events.BY_NAME)
        got = "missing" if name is None else f"unknown event {shown(name)}"
        found.event_faults.append(Fault(at((*place, "name")), f"{got}; expected one of {known}"))
        return None
    return _read_payload(name, packet.get("payload"), place=(*place, "payload"), found=found)


def _read_payload(name: str, payload: object, *, place: Place, found: _Findings) -> events.EventPacket | None:
    # An event that needs nothing may leave its payload out, or send null.
    payload = {} if payload is None else payload
    if not isinstance(payload, dict):
        found.event_faults.append(Fault(at(place), f"expected an object, got {shown(payload)}"))
        return None
    given = compat.given_keys(name, payload)
    written = compat.respelled(payload, given=given)
    try:
        packet = msgspec.convert({"name": name, "payload": written}, events.BY_NAME[name])
    except msgspec.ValidationError as error:
        faults = list(explain({"payload": written}, events.BY_NAME[name])) or [((), str(error))]
        _blame(((inside[1:], message) for inside, message in faults), place=place, given=given, found=found)
        return None
    _blame(broken_rules(packet.payload), place=place, given=given, found=found)
    _ignore_payload(payload, packet.payload, place=place, given_keys=given, found=found)
    return packet


def _blame(faults: Iterable[tuple[Place, str]], *, place: Place, given: dict[str, str], found: _Findings) -> None:
    """Note faults of a payload under the spelling that the bot used."""
    for inside, message in faults:
        spelled = (given.get(str(inside[0]), inside[0]), *inside[1:]) if inside else ()
        found.event_faults.append(Fault(at((*place, *spelled)), message))


def _ignore(given: dict[str, object], *, known: frozenset[str], place: Place, found: _Findings) -> None:
    if given.keys() - known:
        unknown = (key for key in given if key not in known)
        found.ignored.extend(at((*place, key)) for key in islice(unknown, MAX_NAMED - len(found.ignored)))


def _ignore_payload(
    given: dict[str, object], payload: events.Payload, *, place: Place, given_keys: dict[str, str], found: _Findings
) -> None:
    known = frozenset(given_keys.get(key, key) for key in payload.__struct_encode_fields__)
    _ignore(given, known=known, place=place, found=found)
    if isinstance(payload, events.BubblesPayload | events.CarouselPayload):
        fields = events.Card if isinstance(payload, events.CarouselPayload) else events.Bubble
        for inside, option in _objects(given["options"]):
            _ignore(
                option, known=frozenset(fields.__struct_encode_fields__), place=(*place, "options", inside), found=found
            )


def _objects(options: object) -> Iterator[tuple[int, dict[str, object]]]:
    if isinstance(options, list):
        yield from ((position, one) for position, one in enumerate(options) if isinstance(one, dict))


class _RawInfo(msgspec.Struct):
    context: msgspec.Raw


class _RawEvent(msgspec.Struct):
    info: _RawInfo


_SPLIT: Final = msgspec.json.Decoder(list[msgspec.Raw])
_RAW_EVENT: Final = msgspec.json.Decoder(_RawEvent)


def _contexts(raw: bytes, *, items: list[object], is_list: bool) -> dict[int, bytes]:
    """Return the contexts that are given, by the position of their event, as the bytes that were sent."""
    holders = [position for position, item in enumerate(items) if _has_context(item)]
    if not holders:
        return {}
    pieces = _SPLIT.decode(raw) if is_list else [raw]
    return {position: compact(bytes(_RAW_EVENT.decode(pieces[position]).info.context)) for position in holders}


def _check_size(context: bytes | None, *, place: Place, found: _Findings) -> None:
    if context is not None and len(context) > MAX_CONTEXT_BYTES:
        message = f"{len(context):,} bytes without white space; at most {MAX_CONTEXT_BYTES:,} are allowed"
        found.context_faults.append(Fault(at((*place, "info", "context")), message))
        found.large_contexts += 1


def _has_context(item: object) -> bool:
    match item:
        case {"info": {"context": dict(context)}}:
            return bool(context)
        case _:
            return False


def _refuse(found: _Findings) -> None:
    faults = found.event_faults + found.context_faults
    if not faults:
        return
    if found.event_faults:
        raise InvalidDocument(capped(sorted(faults, key=lambda fault: _position(fault.path))), kind="invalid_event")
    code: Code = "context_too_large" if found.large_contexts == len(faults) else "invalid_context"
    raise InvalidDocument(capped(faults), kind="invalid_context", code=code)


def _position(path: str) -> int:
    found = re.match(r"\$\[(\d+)\]", path)
    return int(found[1]) if found else 0
