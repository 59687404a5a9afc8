"""Spellings that are read besides the written one, addresses, and the fields of a contact."""

from __future__ import annotations

import json

import pytest

from frontdesk.protocol import events
from frontdesk.protocol.answer import Decoded, decode_answer
from frontdesk.protocol.faults import InvalidDocument


def event(name: str, /, **payload: object) -> bytes:
    return json.dumps({"packet": {"name": name, "payload": payload}}).encode()


def read(raw: bytes) -> Decoded:
    return decode_answer(raw, cid_required=False)


def refusal(raw: bytes) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as refused:
        read(raw)
    return refused.value


def paths(refused: InvalidDocument) -> list[str]:
    return [fault.path for fault in refused.errors]


@pytest.mark.parametrize("spelling", ["url", "link", "target"])
def test_navigate_is_read_in_every_spelling(spelling: str) -> None:
    decoded = read(event("navigate", **{spelling: "https://shop.example/"}))

    assert decoded == read(event("navigate", url="https://shop.example/"))


@pytest.mark.parametrize("spelling", ["group_id", "id", "group"])
@pytest.mark.parametrize("group", [3, "Sales"])
def test_forward_group_is_read_in_every_spelling(spelling: str, group: object) -> None:
    decoded = read(event("forward_group", **{spelling: group}))

    assert decoded.events[0].packet == events.ForwardGroupEvent(events.ForwardGroupPayload(group_id=group))  # type: ignore[arg-type]
    assert decoded.ignored == ()


def test_a_fault_is_named_in_the_spelling_of_the_bot() -> None:
    assert paths(refusal(event("navigate", target="ftp://shop.example/"))) == ["$.packet.payload.target"]
    assert paths(refusal(event("forward_group", id=-1))) == ["$.packet.payload.id"]


def test_of_two_spellings_the_first_counts() -> None:
    decoded = read(event("navigate", url="https://a.example/", link="https://b.example/"))

    assert decoded.events[0].packet == events.NavigateEvent(events.NavigatePayload(url="https://a.example/"))
    assert decoded.ignored == ("$.packet.payload.link",)


@pytest.mark.guarantee("B9")
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example\\@shop.example/",
        "/\\evil.example",
        "https:/\\evil.example",
        "//evil.example/x",
        "/relative",
        "https:evil",
        "https:///evil.example",
        "https://shop.\texample/",
        "java\nscript:alert(1)",
        "javascript:alert(1)",
        "data:text/html,x",
        "blob:https://shop.example/1",
        "file:///etc/passwd",
        "ftp://shop.example/",
        "https://shop.example@evil.example/",
        "https://user:password@shop.example/",
        " https://shop.example/",
        "https://shop.example/a b",
        "https://shop.example:port/",
        "https://shop.example:70000/",
        "https://[::1/",
        "https://",
        "",
    ],
)
def test_an_address_that_browsers_may_misread_is_refused(url: str) -> None:
    assert paths(refusal(event("navigate", url=url))) == ["$.packet.payload.url"]


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "http://shop.example:8080/a?b=c#d",
        "HTTPS://Shop.Example/",
        "https://shop.example/@name?mail=a@b.example",
        "https://müller.example/straße",
        "http://127.0.0.1:8000/",
        "http://[::1]:8000/",
        "https://shop.example%2eevil.example/",
    ],
)
def test_a_full_web_address_is_taken(url: str) -> None:
    assert read(event("navigate", url=url)).events


@pytest.mark.guarantee("B10")
def test_contact_update_touches_nothing_but_its_three_fields() -> None:
    fuzz = {"id": "ct_1", "role": "admin", "verified": True, "__proto__": {}, "token_sha256": "x", "Name": "y"}

    decoded = read(event("contact_update", name="Ada", **fuzz))

    assert decoded.events[0].packet == events.ContactUpdateEvent(events.ContactUpdatePayload(name="Ada"))
    assert set(decoded.ignored) == {f"$.packet.payload.{key}" for key in fuzz}


@pytest.mark.guarantee("B10")
@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({}, ""),
        ({"name": None, "email": None}, ""),
        ({"id": 7}, ""),
        ({"name": ""}, ".name"),
        ({"name": "   "}, ".name"),
        ({"name": "x" * 256}, ".name"),
        ({"name": "a\nb"}, ".name"),
        ({"name": "a\x7fb"}, ".name"),
        ({"name": "a\u0085b"}, ".name"),
        ({"name": 5}, ".name"),
        ({"name": ["x"]}, ".name"),
        ({"email": "ada"}, ".email"),
        ({"email": "ada@localhost"}, ".email"),
        ({"email": "@example.org"}, ".email"),
        ({"email": "ada@@example.org"}, ".email"),
        ({"email": "ada@example.org\r\nBcc: x@example.org"}, ".email"),
        ({"email": "Ada <ada@example.org>"}, ".email"),
        ({"email": "a" * 65 + "@example.org"}, ".email"),
        ({"email": "ada@" + "x" * 250 + ".org"}, ".email"),
        ({"mobile_number": "call me"}, ".mobile_number"),
        ({"mobile_number": "1" * 256}, ".mobile_number"),
        ({"mobile_number": 491701234567}, ".mobile_number"),
    ],
)
def test_contact_update_checks_each_field(payload: dict[str, object], path: str) -> None:
    refused = refusal(event("contact_update", **payload))

    assert refused.kind == "invalid_event"
    assert paths(refused) == [f"$.packet.payload{path}"]


@pytest.mark.guarantee("B10")
@pytest.mark.parametrize(
    "payload",
    [
        {"name": "x" * 255},
        {"name": "Ãda 👩‍💻 O'Lovelace"},
        {"email": "ada+shop@mail.example.org"},
        {"email": "ädä@müller.example"},
        {"mobile_number": "+49 (0)170 / 123-45.67 ext 8"},
        {"name": "Ada", "email": None},
    ],
)
def test_contact_update_takes_what_is_plausible(payload: dict[str, object]) -> None:
    assert read(event("contact_update", **payload)).ignored == ()
