"""A bot without the SDK: `python bot.py` serves it, with nothing but Python's standard library.

`BOT_PORT` is where it listens (8001). `BOT_SECRET`, where set, has to come in the header `X-Bot-Secret` of every call:
configure it as a webhook header of the bot.
"""

from __future__ import annotations

import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET_HEADER = "X-Bot-Secret"  # noqa: S105  # the name of the header
LARGEST_BODY = 1 << 18


def answer(call: dict[str, Any]) -> list[dict[str, Any]]:
    """The events to trigger for one webhook call. `context` counts what the contact has done."""
    info, packet = call["info"], call["packet"]
    turn = info["context"].get("turn", 0) + 1
    events = _packets(packet["name"], packet["payload"], turn)
    return [{"info": {"cid": info["cid"], "context": {"turn": turn}}, "packet": event} for event in events]


def _packets(name: str, payload: dict[str, Any], turn: int) -> list[dict[str, Any]]:
    if name == "start":
        return [
            _packet("message", body="Hello! I am a page of plain Python."),
            _packet("bubbles", body="What shall I do?", options=["Count", "Get a human", "Stop"]),
        ]
    if name == "message":
        return [_packet("message", body=f"You said “{payload['body']}”, which makes {turn} turns.")]
    if name == "click":
        # Options count from 1.
        return {
            1: [_packet("message", body=f"This is turn {turn}.")],
            2: [_packet("message", body="One moment."), _packet("forward_any")],
            3: [_packet("end")],
        }[payload["option"]]
    return []


def _packet(name: str, **payload: Any) -> dict[str, Any]:
    return {"name": name, "payload": payload}


class Webhook(BaseHTTPRequestHandler):
    """Answers the platform's calls."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Check the secret, read the event, answer with a list of events."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._reply(413, {"detail": f"The body has to be of a known length up to {LARGEST_BODY} bytes."})
            return
        body = self.rfile.read(int(length))
        secret = os.environ.get("BOT_SECRET", "")
        if secret and not hmac.compare_digest(self.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            self._reply(401, {"detail": f"The header {SECRET_HEADER} is missing or wrong."})
            return
        try:
            call = json.loads(body)
            events = answer(call)
        except (ValueError, KeyError, TypeError) as error:
            self._reply(400, {"detail": f"This is no event: {error!r}"})
            return
        self._reply(200, events)

    def _reply(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve on the loopback address until interrupted."""
    with ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("BOT_PORT", "8001"))), Webhook) as server:
        print(f"The bot listens at http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
