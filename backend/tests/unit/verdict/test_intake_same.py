"""The same payment is the same however a client's encoder writes it, today as before this gateway was updated."""

from typing import Any

import pytest

from gateway.verdict.intake.decoding import decode_json, to_transaction

# Digests as the release before recorded them: a retry may come after the update.
RECORDED = {
    '{"transaction_id":"txn_001","amount":150.50,"currency":"USD","user_id":"user_123"}':
    "303d3ff69a3838a47a29c98f3e1d87efa95ebc14207b5588a3507050bf9b4fd8",
    '{"transaction_id":"o-7","amount":"1200","currency":"JPY","user_id":"u@example.com","timestamp":"2026'
    '-01-02T03:04:05.678Z","merchant_id":"shop/1","payment_method":"card","channel":"web","merchant":{"na'
    'me":"Café Zürich","mcc":"5812","country":"CH"},"card":{"token":"tok_abc","bin":"411111","last4":"111'
    '1","country":"GB"},"device":{"id":"d-1","ip":"203.0.113.7","user_agent":"Mozilla/5.0 (X11)","session'
    '_id":"s-1"},"location":{"country":"DE"},"metadata":{"note":"größe M","n":3,"ok":true}}':
    "38189ad687376232b4fb6be7d2012d59b4ecf90c604cf481e29f5036cd7efbcf",
    '{"transaction_id":"v6","amount":1,"currency":"EUR","user_id":"u","timestamp":"2026-01-02T03:04:05+01:00","device":{'
    '"ip":"2001:DB8::1"}}':
    "605c766756e91ec7794c7185d300904d025212f702ac504a2d928a9b0e92d87b",
}  # fmt: skip


def digest_of(parts: str) -> bytes:
    """Of a payment with these parts, as JSON."""
    user = "" if '"user_id"' in parts else ',"user_id":"u"'
    body = '{"transaction_id":"t","amount":1,"currency":"USD"' + user + (parts and f",{parts}") + "}"
    return to_transaction(decode_json(body.encode())).digest


@pytest.mark.parametrize("body", RECORDED)
def test_a_retry_after_an_update_is_the_same_payment(body: str) -> None:
    """The canonical form of what was taken before has not changed by a byte."""
    assert to_transaction(decode_json(body.encode())).digest.hex() == RECORDED[body]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"metadata":[]', ""),
        ('"metadata":{}', ""),
        ('"metadata":null', ""),
        ('"metadata":{"a":null}', ""),
        ('"device":{},"card":[],"merchant":null,"location":{}', ""),
        ('"device":{"id":null}', '"device":{}'),
        ('"device":{"id":"","session_id":"","user_agent":""}', ""),
        ('"metadata":{"a":null,"b":1}', '"metadata":{"b":1}'),
        ('"metadata":{"n":1.0}', '"metadata":{"n":1}'),
        ('"metadata":{"n":1e3}', '"metadata":{"n":1000.00}'),
        ('"metadata":{"n":-0.0}', '"metadata":{"n":0}'),
        ('"merchant":{"name":"Caf\u00e9"}', '"merchant":{"name":"Cafe\u0301"}'),
        ('"metadata":{"n":"\uac00"}', '"metadata":{"n":"\u1100\u1161"}'),
        ('"user_id":"jos\u00e9"', '"user_id":"jose\u0301"'),
        ('"device":{"ip":"::ffff:203.0.113.7"}', '"device":{"ip":"203.0.113.7"}'),
        ('"device":{"ip":"::FFFF:cb00:7107"}', '"device":{"ip":"203.0.113.7:4711"}'),
        ('"device":{"ip":"2001:0DB8:0:0::1"}', '"device":{"ip":"[2001:db8::1]:443"}'),
        ('"device":{"ip":"fe80::1%eth0"}', '"device":{"ip":"fe80::1"}'),
        ('"device":{"ip":"unknown"}', ""),
        ('"timestamp":"2026-01-02T03:04:05.678901Z"', '"timestamp":"2026-01-02T03:04:05.678Z"'),
        ('"timestamp":"2026-01-02T03:04:05.678999999Z"', '"timestamp":"2026-01-02T04:04:05.678+01:00"'),
        ('"timestamp":"2026-01-02T03:04:05.000400Z"', '"timestamp":"2026-01-02T03:04:05Z"'),
        ('"location":{"country":"UK"}', '"location":{"country":"GB"}'),
        ('"location":{"country":"tr"}', '"location":{"country":"TR"}'),
        ('"card":{"country":"uK"}', '"card":{"country":"GB"}'),
        ('"location":{"country":"XX"}', '"location":{}'),
        ('"location":{"country":""},"card":{"country":""},"merchant":{"country":""}', ""),
    ],
)  # fmt: skip
def test_a_retry_in_another_form_is_the_same_payment(one: str, other: str) -> None:
    """No 409 for what an encoder, a keyboard or a proxy made of it."""
    assert digest_of(one) == digest_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"metadata":{"n":1}', '"metadata":{"n":"1"}'),
        ('"metadata":{"n":1}', '"metadata":{"n":true}'),
        ('"metadata":{"n":0}', ""),
        ('"metadata":{"n":""}', ""),
        ('"metadata":{"n":"a"}', '"metadata":{"n":"\uff41"}'),  # only compatible, not the same
        ('"device":{"ip":"203.0.113.7"}', '"device":{"ip":"203.0.113.8"}'),
        ('"timestamp":"2026-01-02T03:04:05.678Z"', '"timestamp":"2026-01-02T03:04:05.679Z"'),
        ('"merchant":{"name":"a"}', '"merchant":{"name":"A"}'),
    ],
)  # fmt: skip
def test_other_payments_stay_others(one: str, other: str) -> None:
    """What a person would call another value makes another payment."""
    assert digest_of(one) != digest_of(other)


def test_nulls_and_whole_decimals_are_kept_in_their_one_form() -> None:
    """As the record shows them."""
    body: dict[str, Any] = {"transaction_id": "t", "amount": 1, "currency": "USD", "user_id": "u"}
    sent = decode_json(b'{"a":null,"b":1.0,"c":-2e2,"d":"x"}')

    assert to_transaction(body | {"metadata": sent}).request["metadata"] == {"b": 1, "c": -200, "d": "x"}
