"""The failure contract, by what a bot does to HTTP: rows F4 to F15."""

from __future__ import annotations

import pytest

from frontdesk.core.delivery import Fault
from tests.delivery.contract import SAID, answers, falls_back, talked
from tests.delivery.running import bot_of, rest, running, until
from tests.kit.hostile_bot import HostileBot
from tests.kit.hostile_http import BAIT, deaf


@pytest.mark.guarantee("F4")
async def test_a_bot_that_never_reads_falls_back_at_the_deadline() -> None:
    async with deaf() as address:
        course = await falls_back(f"http://{address}/", fault="timeout", deadline_s=1)

    assert 0.9 < course.took_s < 2.0


@pytest.mark.guarantee("F4")
async def test_a_bot_that_never_answers_falls_back_at_the_deadline(bot: HostileBot) -> None:
    course = await falls_back(bot.url("timeout"), fault="timeout", deadline_s=1)

    assert 0.9 < course.took_s < 2.0


@pytest.mark.guarantee("F5")
@pytest.mark.parametrize("path", ["drip-header", "drip-body"])
async def test_a_bot_that_answers_byte_by_byte_falls_back_at_the_deadline(path: str, bot: HostileBot) -> None:
    course = await falls_back(bot.url(path), fault="timeout", deadline_s=1)

    assert 0.9 < course.took_s < 2.0


@pytest.mark.guarantee("F6")
@pytest.mark.parametrize("path", ["endless-headers", "many-headers", "huge-header"])
async def test_headers_without_measure_are_no_http(path: str, bot: HostileBot) -> None:
    await falls_back(bot.url(path), fault="protocol")


@pytest.mark.guarantee("F7")
@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("endless-body", "too_large"),
        ("too-large", "too_large"),
        ("too-large-chunked", "too_large"),
        ("length-too-long", "protocol"),
        ("length-too-short", "protocol"),
        ("chunks-without-end", "timeout"),
    ],
)
async def test_a_body_without_measure_falls_back(*, path: str, fault: Fault, bot: HostileBot) -> None:
    await falls_back(bot.url(path), fault=fault, deadline_s=1)


@pytest.mark.guarantee("F8")
@pytest.mark.parametrize(
    "path",
    ["gzip", "encoded-br", "encoded-deflate", "encoded-zstd", "encoded-gzip-gzip", "encoded-unheard-of", "gzip-bomb"],
)
async def test_a_compressed_answer_is_refused_unopened(path: str, bot: HostileBot) -> None:
    await falls_back(bot.url(path), fault="encoding")


@pytest.mark.guarantee("F9")
@pytest.mark.parametrize("path", ["reset", "close", "reset-mid-headers", "reset-mid-body"])
@pytest.mark.parametrize(("idempotent", "attempts"), [(True, 3), (False, 1)])
async def test_a_reset_is_tried_again_where_the_bot_knows_what_it_has_seen(
    *, path: str, idempotent: bool, attempts: int, bot: HostileBot
) -> None:
    await falls_back(bot.url(path), fault="reset", attempts=attempts, idempotent=idempotent)

    assert len({seen.body for seen in bot.journal}) == 1


@pytest.mark.guarantee("F9")
async def test_a_reset_after_the_whole_answer_is_an_answer(bot: HostileBot) -> None:
    async with running(bot_of(bot.url("reset-after-reply"))) as one:
        contact = await one.office.contact()
        receipt = await one.office.opens(contact)
        await rest(one)
        await until(lambda: bot.journal[0].ended)
        await one.office.says(contact, "And now?")
        await rest(one)

        assert receipt.conversation_id is not None
        assert await one.texts(receipt.conversation_id) == [SAID, "And now?", SAID]
        # The second call may find the connection dead that the first one left, and is then made again.
        assert [outcome for outcome in await one.outcomes() if outcome != "reset"] == ["ok", "ok"]


@pytest.mark.guarantee("F10")
@pytest.mark.parametrize(
    ("path", "idempotent", "attempts"),
    [
        ("status-500", True, 3),
        ("status-500", False, 1),
        ("status-502", False, 3),
        ("status-503", False, 3),
        ("status-504", False, 3),
        ("busy-1", False, 3),
        ("busy-60", False, 1),
        ("busy-date", False, 3),
        ("busy-soon", False, 3),
        ("busy--1", False, 3),
        ("busy-1e9", False, 3),
    ],
)
async def test_a_server_error_is_tried_again_unless_the_bot_wants_more_time_than_there_is(
    *, path: str, idempotent: bool, attempts: int, bot: HostileBot
) -> None:
    await falls_back(bot.url(path), fault="http_5xx", attempts=attempts, idempotent=idempotent)

    assert len(bot.journal) == attempts


@pytest.mark.guarantee("F11")
@pytest.mark.parametrize(("path", "attempts"), [("status-429", 3), ("throttled-2", 3), ("throttled-60", 1)])
async def test_a_bot_that_gets_too_many_requests_is_given_time(*, path: str, attempts: int, bot: HostileBot) -> None:
    course = await falls_back(bot.url(path), fault="throttled", attempts=attempts)

    lowered = course.one.lanes._bulkhead._allowances
    assert [one.places for one in lowered.values()] == [1]


@pytest.mark.guarantee("F12")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413])
async def test_a_refused_request_is_not_repeated(status: int, bot: HostileBot) -> None:
    await falls_back(bot.url(f"status-{status}"), fault="http_4xx", idempotent=True)


@pytest.mark.guarantee("F13")
async def test_a_bot_that_is_gone_is_paused_and_new_chats_find_nobody(bot: HostileBot) -> None:
    async with talked(bot.url("status-410")) as course:
        later = await course.one.office.opens(await course.one.office.contact("ct_later"))

        assert course.outcomes == ["gone"]
        assert [one.paused for one in course.one.office.reader.directory().bots.values()] == [True]
        assert later.conversation_id is None
    assert len(bot.journal) == 1


@pytest.mark.guarantee("F14")
@pytest.mark.parametrize(
    "path", [*(f"redirect-{status}" for status in (301, 302, 303, 307, 308)), *(f"redirect-to-{one}" for one in BAIT)]
)
async def test_a_redirect_leads_nowhere(path: str, bot: HostileBot) -> None:
    await falls_back(bot.url(path), fault="redirect", idempotent=True)

    assert [seen.path for seen in bot.journal] == [path]
    assert bot.connections == 1


@pytest.mark.guarantee("F15")
@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("continue-spam", "timeout"),
        ("switching-protocols", "protocol"),
        ("not-modified", "protocol"),
        ("status-999", "protocol"),
        ("204-with-body", "protocol"),
        ("not-http", "protocol"),
        ("http-0.9", "protocol"),
        ("http2-preface", "protocol"),
    ],
)
async def test_odd_http_falls_back(*, path: str, fault: Fault, bot: HostileBot) -> None:
    await falls_back(bot.url(path), fault=fault, deadline_s=1)


@pytest.mark.guarantee("F15")
@pytest.mark.parametrize("path", ["continue-then-ok", "status-204", "status-201", "status-202"])
async def test_every_2xx_is_an_answer(path: str, bot: HostileBot) -> None:
    await answers(bot.url(path))
