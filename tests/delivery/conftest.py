"""A hostile bot on loopback, and a poster that is allowed to call it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from frontdesk.delivery.post import Poster
from tests.delivery import stage
from tests.kit.hostile_bot import HostileBot


@pytest.fixture
async def bot() -> AsyncIterator[HostileBot]:
    async with HostileBot() as one:
        yield one


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    async with stage.client("127.0.0.0/8") as one:
        yield stage.poster(one)
