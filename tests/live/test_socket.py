"""One widget's socket against the real server."""

from __future__ import annotations

from pathlib import Path

from tests.kit.contact import visiting
from tests.kit.server import bot_server, running_server


def echo(call: dict) -> list:  # type: ignore[type-arg]
    packet = call["packet"]
    body = "Hello" if packet["name"] == "start" else f"You said {packet['payload'].get('body')}"
    return [{"packet": {"name": "message", "payload": {"body": body}}}]


async def test_a_message_is_acknowledged_and_answered_by_the_bot(tmp_path: Path) -> None:
    async with bot_server(echo) as bot, running_server(tmp_path) as server:
        widget, _ = await server.shop(bot)
        async with visiting(server, widget) as contact:
            await contact.ask("open")
            await contact.sees("message", body="Hello")

            ack = await contact.say("tea?")

            assert ack["type"] == "ack"
            await contact.sees("message", body="You said tea?")
            assert contact.seqs == list(range(1, len(contact.seqs) + 1))
