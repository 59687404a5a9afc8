"""A signature proves who called, when and with what; the scheme is that of Standard Webhooks."""

from __future__ import annotations

import base64

import pytest

from frontdesk.protocol.signature import (
    HeaderMalformed,
    HeaderMissing,
    NoMatch,
    SecretMalformed,
    SignatureError,
    TooNew,
    TooOld,
    generate_secret,
    sign,
    signed_headers,
    verify,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret of 32 bytes here!").decode()
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1_614_265_330
BODY = b'{"test": 2432232314}'
VECTOR = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(**changes: str) -> dict[str, str]:
    given = signed_headers(BODY, secrets=[SECRET], event_id=EVENT, timestamp=AT)
    return given | {f"webhook-{name}": value for name, value in changes.items()}


def test_the_published_vector_is_reproduced() -> None:
    assert sign(BODY, secrets=[SECRET], event_id=EVENT, timestamp=AT) == VECTOR
    verify(BODY, headers=headers(signature=VECTOR), secrets=[SECRET], now=AT)


def test_while_a_secret_is_rotated_both_sign_and_either_verifies() -> None:
    value = sign(BODY, secrets=[OTHER, SECRET], event_id=EVENT, timestamp=AT)

    assert len(value.split(" ")) == 2
    for known in ([SECRET], [OTHER], [OTHER, SECRET]):
        verify(BODY, headers=headers(signature=value), secrets=known, now=AT)


def test_headers_are_found_in_any_letter_case() -> None:
    shouted = {name.title(): value for name, value in headers().items()}

    verify(BODY, headers=shouted, secrets=[SECRET], now=AT)


@pytest.mark.parametrize("now", [AT - 300, AT, AT + 300])
def test_a_time_within_five_minutes_is_taken(now: float) -> None:
    verify(BODY, headers=headers(), secrets=[SECRET], now=now)


@pytest.mark.parametrize(("now", "error"), [(AT + 300.5, TooOld), (AT - 300.5, TooNew)])
def test_a_time_beyond_five_minutes_is_refused(now: float, error: type[SignatureError]) -> None:
    with pytest.raises(error):
        verify(BODY, headers=headers(), secrets=[SECRET], now=now)


@pytest.mark.parametrize(
    "signature",
    [
        sign(BODY, secrets=[OTHER], event_id=EVENT, timestamp=AT),
        sign(BODY + b" ", secrets=[SECRET], event_id=EVENT, timestamp=AT),
        sign(BODY, secrets=[SECRET], event_id=EVENT + "x", timestamp=AT),
        sign(BODY, secrets=[SECRET], event_id=EVENT, timestamp=AT + 1),
        VECTOR.replace("v1,", "v2,"),
        VECTOR.removeprefix("v1,"),
        VECTOR[:-1],
        "v1,",
        "v1,é\udcff",
    ],
)
def test_a_signature_of_something_else_is_refused(signature: str) -> None:
    with pytest.raises(NoMatch):
        verify(BODY, headers=headers(signature=signature), secrets=[SECRET], now=AT)


def test_a_call_is_refused_where_no_secret_is_known() -> None:
    with pytest.raises(NoMatch):
        verify(BODY, headers=headers(), secrets=[], now=AT)


@pytest.mark.parametrize("name", ["id", "timestamp", "signature"])
def test_a_missing_header_is_named(name: str) -> None:
    with pytest.raises(HeaderMissing, match=f"webhook-{name}"):
        verify(BODY, headers=headers(**{name: ""}), secrets=[SECRET], now=AT)


@pytest.mark.parametrize("timestamp", ["soon", "-1", "1.5", "1e9", "²", "9" * 5_000, " 1"])
def test_a_timestamp_is_whole_seconds(timestamp: str) -> None:
    with pytest.raises(HeaderMalformed):
        verify(BODY, headers=headers(timestamp=timestamp), secrets=[SECRET], now=AT)


@pytest.mark.parametrize("secret", ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_äöü", "whsec_c2hvcnQ="])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(SecretMalformed):
        sign(BODY, secrets=[secret], event_id=EVENT, timestamp=AT)


def test_a_new_secret_has_256_bits_and_signs() -> None:
    first, second = generate_secret(), generate_secret()

    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32
    assert sign(BODY, secrets=[first], event_id=EVENT, timestamp=AT).startswith("v1,")
