"""Rules for the texts that people and bots write."""

from __future__ import annotations

import re
import unicodedata

from frontdesk.core.entries import ContactUpdated
from frontdesk.core.refusals import FieldInvalid, TextEmpty, TextTooLong

#: Characters of one message.
MAX_MESSAGE = 10_000
#: Characters of a field of the contact (guarantee B10).
MAX_FIELD = 255

_EMAIL = re.compile(r"[^\s@,;<>()\[\]\\\"]{1,64}@[^\s@,;<>()\[\]\\\".]+(?:\.[^\s@,;<>()\[\]\\\".]{1,255})+")
_MOBILE = re.compile(r"\+?[0-9 ()/.\-]{3,40}")


def message_body(text: str) -> str:
    """Return the text as it is stored. Raises TextEmpty or TextTooLong."""
    if not text.strip():
        raise TextEmpty
    if len(text) > MAX_MESSAGE:
        raise TextTooLong
    return text


def email_address(text: str, *, path: str | None = None) -> str:
    """Return the address without surrounding white space. Raises FieldInvalid where it cannot be one."""
    address = _field(text, name="email", path=path)
    if not _EMAIL.fullmatch(address):
        raise FieldInvalid("this is not an e-mail address; expected something like name@example.com", path=path)
    return address


def contact_fields(
    *, name: str | None, email: str | None, mobile_number: str | None, path: str | None = None
) -> ContactUpdated:
    """Return the fields, each checked. Raises FieldInvalid, with `path` to the payload extended by the field."""

    def at(field: str) -> str | None:
        return None if path is None else f"{path}.{field}"

    mobile = None if mobile_number is None else _field(mobile_number, name="mobile_number", path=at("mobile_number"))
    if mobile is not None and not _MOBILE.fullmatch(mobile):
        raise FieldInvalid("a mobile number has digits, spaces and + ( ) / . - only", path=at("mobile_number"))
    return ContactUpdated(
        name=None if name is None else _field(name, name="name", path=at("name")),
        email=None if email is None else email_address(email, path=at("email")),
        mobile_number=mobile,
    )


def _field(text: str, *, name: str, path: str | None) -> str:
    stripped = text.strip()
    if not stripped:
        raise FieldInvalid(f"{name} is empty; leave the key out to keep what is there", path=path)
    if len(stripped) > MAX_FIELD:
        raise FieldInvalid(f"{name} is longer than {MAX_FIELD} characters", path=path)
    if any(unicodedata.category(character) == "Cc" for character in stripped):
        raise FieldInvalid(f"{name} contains a control character", path=path)
    return stripped
