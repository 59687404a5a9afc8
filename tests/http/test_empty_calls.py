"""A call with a key and without events: there is nothing to do, and it still is the first or a repeated one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.bot_api import bot_in_charge


@pytest.mark.guarantee("B7")
async def test_an_empty_list_takes_its_key_and_minds_one_that_is_taken(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        key, other = {"idempotency-key": "one"}, {"idempotency-key": "two"}

        full_first = [await bot.post([bot.event()], headers=key), await bot.post([], headers=key)]
        empty_first = [
            await bot.post([], headers=other),
            await bot.post([], headers=other),
            await bot.post([bot.event(body="Not shown")], headers=other),
        ]

        assert [one.status for one in full_first] == [200, 422]
        assert [one.status for one in empty_first] == [200, 200, 422]
        assert empty_first[0].body == empty_first[1].body
        assert {one.json["type"] for one in (full_first[1], empty_first[2])} == {"/problems/key_reused"}
