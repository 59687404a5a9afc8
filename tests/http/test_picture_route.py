"""The route of carousel pictures."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from tests.kit.server import running_server


@pytest.mark.parametrize("seq", ["0", "-1", "9007199254740993", "9223372036854775808", "9" * 400, "9" * 5000])
async def test_a_number_that_no_entry_can_have_is_not_found(tmp_path: Path, seq: str) -> None:
    async with (
        running_server(tmp_path) as server,
        aiohttp.ClientSession() as browser,
        browser.get(f"{server.url}/media/cv_{'0' * 32}/{seq}/1") as response,
    ):
        problem = await response.json(content_type="application/problem+json")

    assert (response.status, problem["type"]) == (404, "/problems/not_found")
