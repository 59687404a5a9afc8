"""Why a value is not of a type, in full: msgspec stops at the first fault, an author wants all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from msgspec import inspect

from frontdesk.protocol.faults import Place, shown


def explain(value: object, wanted: type) -> Iterator[tuple[Place, str]]:
    """Yield the place and the message of every fault; nothing where msgspec would accept the value."""
    yield from _faults(value, _type_info(wanted), ())


@cache
def _type_info(wanted: type) -> inspect.Type:
    return inspect.type_info(wanted)


def _faults(value: object, wanted: inspect.Type, place: Place) -> Iterator[tuple[Place, str]]:
    match wanted:
        case inspect.Metadata():
            yield from _faults(value, wanted.type, place)
        case inspect.StructType():
            yield from _object_faults(value, wanted, place)
        case inspect.ListType():
            yield from _list_faults(value, wanted, place)
        case inspect.UnionType():
            yield from _union_faults(value, wanted, place)
        case inspect.StrType():
            if not isinstance(value, str) or not _fits(len(value), wanted.min_length, wanted.max_length):
                yield place, f"expected {_noun(wanted)}, got {_size(value)}"
        case _:
            if not _is_simple(value, wanted):
                yield place, f"expected {_noun(wanted)}, got {shown(value)}"


def _object_faults(value: object, wanted: inspect.StructType, place: Place) -> Iterator[tuple[Place, str]]:
    if not isinstance(value, dict):
        yield place, f"expected an object, got {shown(value)}"
        return
    for field in wanted.fields:
        here = (*place, field.encode_name)
        if field.encode_name in value:
            yield from _faults(value[field.encode_name], field.type, here)
        elif field.required:
            yield here, f"missing; expected {_noun(field.type)}"


def _list_faults(value: object, wanted: inspect.ListType, place: Place) -> Iterator[tuple[Place, str]]:
    if not isinstance(value, list):
        yield place, f"expected {_noun(wanted)}, got {shown(value)}"
        return
    if not _fits(len(value), wanted.min_length, wanted.max_length):
        yield place, f"expected {_noun(wanted)}, got {len(value):,}"
    for position, item in enumerate(value[: wanted.max_length]):
        yield from _faults(item, wanted.item_type, (*place, position))


def _union_faults(value: object, wanted: inspect.UnionType, place: Place) -> Iterator[tuple[Place, str]]:
    found = [list(_faults(value, member, place)) for member in wanted.types]
    if not all(found):
        return
    same_shape = [faults for member, faults in zip(wanted.types, found, strict=True) if _has_shape(value, member)]
    if same_shape:
        yield from same_shape[0]
    else:
        yield place, f"expected {_noun(wanted)}, got {shown(value)}"


def _is_simple(value: object, wanted: inspect.Type) -> bool:
    match wanted:
        case inspect.IntType():
            return _is_whole(value) and _in_range(value, wanted)
        case inspect.FloatType():
            return isinstance(value, int | float) and not isinstance(value, bool) and _in_range(value, wanted)
        case inspect.LiteralType():
            return isinstance(value, str) and value in wanted.values
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.NoneType():
            return value is None
        case _:
            return True


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _in_range(value: object, wanted: inspect.IntType | inspect.FloatType) -> bool:
    return (
        isinstance(value, int | float)
        and (wanted.ge is None or value >= wanted.ge)
        and (wanted.le is None or value <= wanted.le)
    )


def _fits(length: int, least: int | None, most: int | None) -> bool:
    return (least is None or length >= least) and (most is None or length <= most)


def _has_shape(value: object, wanted: inspect.Type) -> bool:
    match wanted:
        case inspect.Metadata():
            return _has_shape(value, wanted.type)
        case inspect.StructType():
            return isinstance(value, dict)
        case inspect.ListType():
            return isinstance(value, list)
        case inspect.StrType():
            return isinstance(value, str)
        case _:
            return False


def _size(value: object) -> str:
    return f"{len(value):,} characters" if isinstance(value, str) else shown(value)


def _noun(wanted: inspect.Type) -> str:
    match wanted:
        case inspect.Metadata():
            return _noun(wanted.type)
        case inspect.StrType():
            return f"text{_bounds(wanted.min_length, wanted.max_length, prefix=' of ')}{_unit(wanted)}"
        case inspect.ListType():
            return f"a list of{_bounds(wanted.min_length, wanted.max_length, prefix=' ')} items"
        case inspect.IntType():
            return f"a whole number{_bounds(wanted.ge, wanted.le, prefix=' from ')}"
        case inspect.FloatType():
            return f"a number{_bounds(wanted.ge, wanted.le, prefix=' from ')}"
        case inspect.LiteralType():
            return " or ".join(f'"{one}"' for one in wanted.values)
        case inspect.UnionType():
            return " or ".join(_noun(one) for one in wanted.types if not isinstance(one, inspect.NoneType))
        case inspect.BoolType():
            return "true or false"
        case _:
            return "an object"


def _unit(wanted: inspect.StrType) -> str:
    return "" if wanted.max_length is None else " characters"


def _bounds(least: float | None, most: float | None, *, prefix: str) -> str:
    if most is None:
        return "" if least is None else f"{prefix}at least {least:,}"
    return f"{prefix}{least:,} to {most:,}" if least is not None else f"{prefix}at most {most:,}"
