"""The OpenAPI page says what the server does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from frontdesk.http.openapi import openapi
from frontdesk.protocol.problems import CATALOGUE
from tests.kit.bot_api import bot_in_charge
from tests.kit.server import running_server

CONFORMS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


# Schemathesis draws from `random` in its own strategies now and then; that is no fault of what is tested.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
async def test_whatever_is_sent_the_answer_is_one_that_the_page_names(tmp_path: Path, mode: GenerationMode) -> None:
    async with bot_in_charge(tmp_path) as bot:
        async with bot.http.get(f"{bot.server.url}/api/openapi.json") as response:
            document = await response.json()
        schema = schemathesis.openapi.from_dict(document)
        operation = schema["/api/v1/bots/{public_id}/events"]["POST"]
        url, token = bot.server.url, bot.bot.token

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def conforms(case: Any) -> None:
            case.path_parameters = {"public_id": bot.bot.bot.public_id}
            sent = case.call(base_url=url, headers={"SECURITY-TOKEN": token})
            case.validate_response(sent, checks=CONFORMS)

        await asyncio.to_thread(conforms)


async def test_the_served_page_is_the_generated_one(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, aiohttp.ClientSession() as http:
        async with http.get(f"{server.url}/api/openapi.json") as response:
            served = await response.json()

        assert served == json.loads(json.dumps(openapi()))


def test_the_page_names_every_problem_that_a_call_can_meet() -> None:
    responses = openapi()["paths"]["/api/v1/bots/{public_id}/events"]["post"]["responses"]
    told = " ".join(one["description"] for one in responses.values())
    elsewhere = {"method_not_allowed", "unsupported_media_type", "internal"}

    assert [code for code in CATALOGUE if f"`{code}`" not in told and code not in elsewhere] == []
