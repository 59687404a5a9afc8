"""Core to wire: what each refusal is called, in one table; a test keeps it complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from frontdesk.core import refusals as core
from frontdesk.protocol.faults import Fault
from frontdesk.protocol.problems import Problem, ProblemCode, problem

#: Refusal → the problem that an API caller is answered with.
PROBLEMS: Final[Mapping[type[core.Refusal], ProblemCode]] = {
    core.UnknownCid: "unknown_cid",
    core.NotFound: "not_found",
    core.SessionOver: "session_over",
    core.SessionExpired: "session_expired",
    core.NotInCharge: "session_over",
    core.UnknownGroup: "unknown_group",
    core.UnknownOption: "unknown_option",
    core.Malformed: "invalid_event",
    core.KeyReused: "key_reused",
    core.TooManyCalls: "rate_limited",
}

#: Refusal → its code in a widget's `refused` frame.
WIDGET_CODES: Final[Mapping[type[core.Refusal], str]] = {
    core.UnknownWidget: "unknown_widget",
    core.UnknownContact: "unknown_contact",
    core.UnknownEntry: "unknown_entry",
    core.UnknownOption: "unknown_option",
    core.TextEmpty: "text_empty",
    core.TextTooLong: "text_too_long",
    core.FieldInvalid: "field_invalid",
    core.AlreadySettled: "already_settled",
    core.ConversationOver: "conversation_over",
}


def problem_of(refusal: core.Refusal) -> Problem:
    """Return the problem for an API caller. Raises LookupError for a refusal that no API call can meet."""
    code = next((PROBLEMS[kind] for kind in type(refusal).__mro__ if kind in PROBLEMS), None)
    if code is None:
        raise LookupError(f"{type(refusal).__name__} has no problem")
    errors = (Fault(refusal.path, refusal.detail),) if refusal.path else ()
    return problem(code, detail=refusal.detail, errors=errors)


def code_of(refusal: core.Refusal) -> str:
    """Return the code for a widget's `refused` frame. Raises LookupError for one that no widget can meet."""
    code = next((WIDGET_CODES[kind] for kind in type(refusal).__mro__ if kind in WIDGET_CODES), None)
    if code is None:
        raise LookupError(f"{type(refusal).__name__} has no code for widgets")
    return code
