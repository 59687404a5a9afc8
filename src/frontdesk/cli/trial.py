"""How a trial of a webhook is shown."""

from __future__ import annotations

from frontdesk.cli.shell import console, plain
from frontdesk.control.office import Trial
from frontdesk.core.attempt import Attempt, Timings

#: What the classes of faults ask of the bot's author.
FIXES = {
    "dns": "The host name cannot be resolved: check the webhook URL.",
    "connect": "Nothing answers at that address: is the bot running, and on that port?",
    "tls": "The certificate is not valid for this host.",
    "blocked": "The address is private: name its host in FRONTDESK_ALLOWED_PRIVATE and start the server again.",
    "timeout": "It took longer than its deadline: answer at once, and send the result through the API URL.",
    "redirect": "Redirects are not followed: give the final URL.",
    "gone": "The bot says that it is gone (410).",
    "invalid_json": "Answer with JSON: a list of events, one event, or nothing.",
    "invalid_event": "One event breaks the schema: docs/reference/bot-protocol.md.",
    "encoding": "Answer without compression.",
    "too_large": "Answer with at most 256 KiB.",
}


def print_trial(trial: Trial) -> None:
    """Print how the webhook answered, and what to do about it."""
    record, out = trial.record, console()
    status = f"status {record.status}" if record.status is not None else "no status"
    out.print(f"{'✓' if record.outcome == 'ok' else '✗'} start: {record.outcome}, {status}, {_times(record.timings)}")
    if record.outcome == "ok":
        events = ", ".join(trial.events) or "no events"
        out.print(f"  answered with {events}")
    else:
        _print_fault(record)
    for path in record.ignored:
        out.print(f"  ignored: {plain(path)} (nobody knows this key)")
    if trial.brought_back:
        out.print("✓ it was offline because it kept failing, and gets new conversations again")
    if trial.checks_signature is True:
        out.print("✓ a wrongly signed call was turned down")
    elif trial.checks_signature is False:
        out.print("! a wrongly signed call was accepted: this bot does not verify signatures, so anybody can call it")


def _print_fault(record: Attempt) -> None:
    out = console()
    where = f"{record.path}: " if record.path else ""
    out.print(f"  {plain(where + record.reason)}")
    if record.outcome in FIXES:
        out.print(f"  {FIXES[record.outcome]}")
    if record.response_excerpt:
        out.print(f"  answer: {plain(record.response_excerpt[:400])}")


def _times(timings: Timings) -> str:
    steps = {"dns": timings.dns, "connected": timings.connected, "sent": timings.sent, "first byte": timings.headers}
    known = [f"{name} {value:.0f}" for name, value in steps.items() if value is not None]
    return f"{timings.total:.0f} ms" + (f" ({', '.join(known)})" if known else "")
