"""The page of all outcomes that the delivery log knows."""

from __future__ import annotations

from typing import get_args

from frontdesk.core.delivery import Fault
from scripts.pages.markdown import code, page, table

FAULTS: dict[Fault, str] = {
    "dns": "The host's name could not be resolved.",
    "connect": "No connection came about in time, or it was refused.",
    "tls": "The certificate is not valid for the host, or the handshake failed, hung or broke off.",
    "blocked": "The address is private or reserved, and the settings do not allow it.",
    "timeout": "The deadline passed before the answer was there.",
    "reset": "The connection broke off.",
    "protocol": "The answer is not proper HTTP.",
    "encoding": "The answer is compressed; the call asked for `identity`.",
    "too_large": "The answer is larger than 256 KiB.",
    "redirect": "The answer is a redirect; these are not followed.",
    "throttled": "The bot answered 429.",
    "http_4xx": "The bot refused the call.",
    "http_5xx": "The bot failed.",
    "gone": "The bot answered 410 and is paused.",
    "invalid_json": "The body is not JSON in UTF-8.",
    "invalid_event": "An event in the answer breaks the rules; `path` says which.",
    "invalid_context": "The context in the answer breaks the rules.",
    "internal": "Frontdesk itself failed, three times; `reason` names the places in its code. A human has the conversation.",
}
OTHERS = {
    "ok": "The answer or the API call was applied.",
    "late": "It came after the session's end or after its turn; nothing was shown.",
    "fenced": "Another attempt holds the lane; this one changed nothing.",
    "stale": "The deadline had passed when a backup was restored; the bot was not called again.",
    "refused": "An API call was refused; `reason` says by which rule.",
}


def render() -> str:
    """Return the page; raises KeyError for a fault that has no words here."""
    rows = [(code(name), FAULTS[name]) for name in get_args(Fault)]
    return page(
        "Outcomes of deliveries",
        "`frontdesk deliveries` shows every attempt to reach a bot, and every API call that names one of its sessions and "
        "fits the schema, with one of these outcomes. (Any other API call is answered with what is wrong, by path, and "
        "stands in the server's log only.) For an API call `throttled` means that it came over the rate. [The bot "
        "protocol](bot-protocol.md) says which faults are tried again.",
        table(("outcome", "meaning"), [*((code(name), text) for name, text in OTHERS.items()), *rows]),
    )
