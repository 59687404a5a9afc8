"""How much one socket may send, and how much may wait for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from frontdesk.core.ids import ConversationId
from frontdesk.live.outbound import Outbound
from frontdesk.live.pace import FLOOD, Pace
from frontdesk.protocol.widget import CLOSE_SLOW
from tests.kit.contact import visiting
from tests.kit.server import running_server


def test_twenty_commands_in_ten_seconds_and_a_hundred_in_a_minute_are_taken() -> None:
    pace = Pace()

    burst = [pace.wait_ms(0.0) for _ in range(21)]
    minute = [pace.wait_ms(10.0 * step) for step in range(1, 5) for _ in range(20)]
    full = pace.wait_ms(50.0)

    assert burst[:20] == [0] * 20
    assert 0 < burst[20] <= 10_001
    assert minute == [0] * 80
    assert 0 < full <= 10_001
    assert pace.wait_ms(60.1) == 0


def test_a_command_that_is_turned_away_does_not_count() -> None:
    pace = Pace()
    for _ in range(40):
        pace.wait_ms(0.0)

    assert [pace.wait_ms(10.0) for _ in range(20)] == [0] * 20


def test_a_flood_is_frames_of_any_kind() -> None:
    pace = Pace()

    assert not any(pace.flooded(0.0) for _ in range(FLOOD))
    assert pace.flooded(9.9)
    assert not Pace().flooded(0.0)


async def test_what_waits_for_a_socket_is_bounded_by_number_and_by_size() -> None:
    many, large = Outbound(max_frames=2), Outbound(max_bytes=10)

    for frame in ("1", "2", "3"):
        many.put(frame)
    for frame in ("12345", "é" * 3):
        large.put(frame)

    assert many.overflowed
    assert large.overflowed
    assert [await many.get(), await large.get()] == [None, None]


async def test_a_snapshot_may_be_larger_than_what_may_wait_but_only_one_at_a_time() -> None:
    outbound = Outbound(max_bytes=10)

    outbound.put_document("x" * 100)
    outbound.put("12345")
    shown = [await outbound.get(), await outbound.get()]
    outbound.put_document("y" * 100)
    outbound.put_document("z" * 100)

    assert shown == ["x" * 100, "12345"]
    assert outbound.overflowed


@pytest.mark.guarantee("R8")
async def test_a_socket_that_does_not_keep_up_is_let_go_and_its_neighbour_is_not(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        widget = await server.widget()
        async with visiting(server, widget) as slow, visiting(server, widget) as neighbour:
            await slow.say("Hello")
            await neighbour.say("Hello")

            for _ in range(300):
                server.app.hub.typing(ConversationId(slow.conversation or ""), 1.0)

            with pytest.raises(ConnectionClosed):
                await slow.until("pong")
            assert slow.socket.close_code == CLOSE_SLOW
            assert (await neighbour.say("Still here"))["type"] == "ack"
