"""What merchants send becomes an exact transaction, or an error that names the place and the fix."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.errors import InvalidRequest, MalformedJson
from gateway.verdict.intake.decoding import decode_json, to_transaction

CURL = {"transaction_id": "txn_001", "amount": 150.50, "currency": "USD", "user_id": "user_123"}


def body(**changes: Any) -> dict[str, Any]:
    """The README's request with changes; None leaves a field out."""
    return {
        name: value for name, value in ({**CURL, "amount": Decimal("150.50")} | changes).items() if value is not None
    }


def field_errors(decoded: object) -> dict[str, str]:
    """Pointer to advice, of a request that must be refused."""
    with pytest.raises(InvalidRequest) as refused:
        to_transaction(decoded)
    return {error.pointer: error.detail for error in refused.value.field_errors}


def test_the_four_fields_of_the_readme_are_enough() -> None:
    """The time is now, when the merchant leaves it out."""
    transaction = to_transaction(decode_json(b'{"transaction_id":"t","amount":150.50,"currency":"USD","user_id":"u"}'))

    assert (transaction.money.minor_units, transaction.money.currency) == (15050, "USD")
    assert abs((datetime.now(UTC) - transaction.event_time).total_seconds()) < 5
    assert transaction.merchant_id is None


@pytest.mark.parametrize(
    ("literal", "currency", "minor_units"),
    [
        (b"0.1", "USD", 10),
        (b'"150.50"', "USD", 15050),
        (b"100", "JPY", 100),
        (b"1.234", "KWD", 1234),
        (b"12.500", "USD", 1250),  # trailing zeros are no precision
        (b"1E2", "EUR", 10000),
        (b"90071992547.41", "USD", 9007199254741),
        (b"0", "USD", 0),
    ],
)
def test_amounts_are_exact(literal: bytes, currency: str, minor_units: int) -> None:
    """A JSON number never passes through a float."""
    request = b'{"transaction_id":"t","user_id":"u","currency":"%s","amount":%s}' % (currency.encode(), literal)

    assert to_transaction(decode_json(request)).money.minor_units == minor_units


@pytest.mark.parametrize(
    "literal",
    [
        b"NaN", b"Infinity", b"-Infinity", b"1e400", b"1e999999999999999999999", b"-1", b"-0.01", b"true", b"null",
        b'"12.5x"', b'"NaN"', b'" 12"', b'"1_000"', '"\uff11\uff12"'.encode(), b"[1]",
        b'{"$ne": null}', b"1000000000000.01",
        b"9" * 5000, b"0.1000000000000000055", b"12.345", b"1e-400", b"1." + b"1" * 5000,
    ],
)  # fmt: skip
def test_amounts_that_are_none_are_refused_at_their_place(literal: bytes) -> None:
    """Also what strict JSON does not even know."""
    decoded = decode_json(b'{"transaction_id":"t","user_id":"u","currency":"USD","amount":' + literal + b"}")

    assert list(field_errors(decoded)) == ["/amount"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "usd"}, "/currency"),
        ({"currency": "XXX"}, "/currency"),
        ({"currency": "DOGE"}, "/currency"),
        ({"transaction_id": ""}, "/transaction_id"),
        ({"transaction_id": "a" * 256}, "/transaction_id"),
        ({"transaction_id": "."}, "/transaction_id"),
        ({"user_id": ".."}, "/user_id"),
        ({"transaction_id": "a b"}, "/transaction_id"),
        ({"transaction_id": "txn\n"}, "/transaction_id"),
        ({"transaction_id": 7}, "/transaction_id"),
        ({"user_id": {"$ne": None}}, "/user_id"),
        ({"user_id": "\ud800"}, "/user_id"),
        ({"timestamp": "2026-01-01T00:00:00"}, "/timestamp"),
        ({"timestamp": "1700000000"}, "/timestamp"),
        ({"timestamp": 1700000000}, "/timestamp"),
        ({"timestamp": "2999-01-01T00:00:00Z"}, "/timestamp"),
        ({"timestamp": "1999-12-31T23:59:59Z"}, "/timestamp"),
        ({"ammount": 5}, "/ammount"),
        ({"card": {"last4": "12345"}}, "/card/last4"),
        ({"card": {"number": "4111111111111111"}}, "/card/number"),
        ({"card": {"token": "4111111111111111"}}, "/card/token"),
        ({"metadata": {"note": "card 4111 1111 1111 1111"}}, "/metadata/note"),
        ({"metadata": {"note": "12 4111111111111111"}}, "/metadata/note"),
        ({"metadata": {"note": "4111.1111.1111.1111"}}, "/metadata/note"),
        ({"metadata": {"card": 4111111111111111}}, "/metadata/card"),
        ({"device": {"session_id": "378282246310005"}}, "/device/session_id"),
        ({"channel": "5555-5555-5555-4444"}, "/channel"),
        ({"amount": Decimal(100000000001), "currency": "CLF"}, "/amount"),
        ({"metadata": {"note": Decimal("1.5")}}, "/metadata/note"),
        ({"metadata": {"n": 2**63}}, "/metadata/n"),
        ({"metadata": {"deep": {"deeper": 1}}}, "/metadata/deep"),
        ({"metadata": {"$where": "1"}}, "/metadata/$where"),
        ({"metadata": {f"k{n}": n for n in range(21)}}, "/metadata"),
        ({"device": {"ip": 7}}, "/device/ip"),
        ({"device": {"ip": "fe80::1%4111111111111111"}}, "/device/ip"),
        ({"device": {"user_agent": "x" * 1000 + "4111111111111111"}}, "/device/user_agent"),
        ({"metadata": {"4111111111111111": 1}}, "/metadata/{key}"),
        ({"4111-1111-1111-1111": 1}, "/{key}"),
        ({"device": {"user_agent": "a\x00b"}}, "/device/user_agent"),
        ({"location": {"country": "germany"}}, "/location/country"),
        ({"merchant": {"mcc": "57"}}, "/merchant/mcc"),
        ({"user_id": None}, "/user_id"),
    ],
)
def test_each_wrong_field_is_named(change: dict[str, Any], pointer: str) -> None:
    """One place, and the fix in words."""
    decoded = body(**change)

    found = field_errors(decoded)

    assert list(found) == [pointer]
    assert found[pointer]


def test_every_wrong_field_is_named_at_once() -> None:
    """A developer mends a request in one go."""
    assert set(field_errors({"amount": True, "currency": "usd", "nope": 1})) == {
        "/amount", "/currency", "/nope", "/transaction_id", "/user_id",
    }  # fmt: skip


@pytest.mark.parametrize("note", ["4111111111111112", "order 1234567890123456", "2026-11-22 10.00.00 12345", "1" * 40])
def test_numbers_that_are_no_card_numbers_are_taken(note: str) -> None:
    """Order numbers, dates and hashes are ordinary metadata."""
    assert to_transaction(body(metadata={"note": note})).request["metadata"] == {"note": note}


def test_errors_never_repeat_what_was_sent() -> None:
    """It may be a card number, a megabyte, or not even text."""
    found = field_errors(body(user_id="4111111111111111 secret", metadata={"note": "secret 4111111111111111"}))

    assert "secret" not in str(found)
    assert "4111" not in str(found)


@pytest.mark.parametrize("decoded", [[], 3, None, "text", {}])
def test_what_is_no_object_is_refused(decoded: object) -> None:
    """With a place: the root, or each required field."""
    assert field_errors(decoded)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[" * 100_000, b'{"a":' * 5000, b'{"a": "\xff"}', b"{'a': 1}", b'{"a": 1,}', b"\x00"]
)
def test_what_is_no_json_is_told_where_it_breaks(raw: bytes) -> None:
    """400, never 500."""
    with pytest.raises(MalformedJson) as refused:
        decode_json(raw)

    assert any(word in refused.value.detail for word in ("line", "byte", "nested"))


def test_equal_requests_have_equal_digests_however_they_are_written() -> None:
    """Key order, number format, and zone are not content; null is the same as left out."""
    one = decode_json(
        b'{"transaction_id":"t","amount":150.5,"currency":"USD","user_id":"u","timestamp":"2026-01-01T01:00:00+01:00"}'
    )
    other = decode_json(
        b'{"user_id":"u","timestamp":"2026-01-01T00:00:00Z","currency":"USD","amount":"150.50","transaction_id":"t",'
        b'"merchant_id":null}'
    )

    assert to_transaction(one).digest == to_transaction(other).digest


def test_a_request_without_time_keeps_its_digest_over_time() -> None:
    """The default "now" must not turn a retry into a conflict."""
    assert to_transaction(body()).digest == to_transaction(body()).digest


@pytest.mark.parametrize(
    "change", [{"amount": Decimal("150.51")}, {"currency": "EUR"}, {"user_id": "u2"}, {"merchant_id": "m"}]
)
def test_different_requests_have_different_digests(change: dict[str, Any]) -> None:
    """Whatever differs, it is another request."""
    assert to_transaction(body()).digest != to_transaction(body(**change)).digest
