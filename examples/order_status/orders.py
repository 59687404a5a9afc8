"""The shop's order service, played by a file and a pause."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import msgspec

ORDERS = Path(__file__).parent / "orders.json"


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a parcel. `picture` is the stem of its picture's file name."""

    name: str
    detail: str
    picture: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order. `step` counts from 1: ordered, packed, on its way, delivered."""

    step: int
    status: str
    note: str
    placed: str
    products: list[Product]


async def look_up(number: str, *, delay_s: float = 2.0) -> Order | None:
    """The order with this number after a pause, as another web service would give it; None where there is none."""
    await asyncio.sleep(delay_s)
    return _orders().get(number)


@cache
def _orders() -> dict[str, Order]:
    return msgspec.json.decode(ORDERS.read_bytes(), type=dict[str, Order])
