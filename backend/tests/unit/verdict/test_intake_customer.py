"""Every address that mail is sent to is taken, and only its hash and its domain are kept."""

from hashlib import sha256
from typing import Any

import pytest

from gateway.domain import Transaction, Unusable
from gateway.errors import InvalidRequest
from gateway.verdict.intake.decoding import decode_json, to_transaction

PAYMENT = {"transaction_id": "t", "amount": 1, "currency": "USD", "user_id": "u"}


def take(**parts: Any) -> Transaction:
    """A payment with these parts."""
    return to_transaction(PAYMENT | parts)


def refused(**parts: Any) -> dict[str, str]:
    """What is said of each place."""
    with pytest.raises(InvalidRequest) as error:
        take(**parts)
    return {place.pointer: place.detail for place in error.value.field_errors}


@pytest.mark.parametrize(
    ("sent", "one_form"),
    [
        ("jane@example.com", "jane@example.com"),
        (" Jane.Doe@Example.COM\n", "jane.doe@example.com"),
        ("jane+shop=7@mail.example.co.uk", "jane+shop=7@mail.example.co.uk"),
        ("o'brien_{1}!#$%&*/?^`|~-@example.com", "o'brien_{1}!#$%&*/?^`|~-@example.com"),
        ("jose\u0301@example.com", "josé@example.com"),
        ("ÄÖ@Bücher.example", "äö@bücher.example"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("अजय@डाटा.भारत", "अजय@डाटा.भारत"),
        ("χρήστης@παράδειγμα.ελ", "χρήστης@παράδειγμα.ελ"),
        ("Dörte@Sörensen.example.com", "dörte@sörensen.example.com"),
        ("коля@пример.рф", "коля@пример.рф"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("taro..yamada.@docomo.example.ne.jp", "taro..yamada.@docomo.example.ne.jp"),
        ("1@2.example", "1@2.example"),
        ("x" * 64 + "@example.com", "x" * 64 + "@example.com"),
    ],
)
def test_of_an_address_hash_and_domain_are_kept(sent: str, one_form: str) -> None:
    """Of its one form, so that one buyer is one however it was typed."""
    customer = take(customer={"email": sent}).request["customer"]

    assert customer == {
        "email_hash": sha256(one_form.encode()).hexdigest(),
        "email_domain": one_form.rpartition("@")[2],
    }


@pytest.mark.parametrize(
    "sent",
    [
        "jane", "jane@", "@example.com", "jane@localhost", "jane@@example.com", "jane@example..com", "jane@.com",
        "jane@-example.com", "jane doe@example.com", "jane@exa mple.com", "jane@203.0.113.7", "jane@[203.0.113.7]",
        "Jane <jane@example.com>", "jane@example.com, joe@example.com", "jane@example.com\u200b",
        "ja\x00ne@example.com", "jane@example.com/path", "mailto:jane@example.com", "j" * 250 + "@example.com", "@",
        "guest", "n/a",
    ],
)  # fmt: skip
def test_what_is_no_address_costs_no_verdict(sent: str) -> None:
    """A buyer types it: it is left out, and named."""
    transaction = take(customer={"email": sent, "created_at": "2020-01-01T00:00:00Z"})

    assert transaction.request["customer"] == {"created_at": "2020-01-01T00:00:00Z"}
    assert transaction.unusable == (Unusable.CUSTOMER_EMAIL,)


@pytest.mark.parametrize("sent", [7, True, ["jane@example.com"], {"jane@example.com": 1}])
def test_another_kind_of_value_is_refused(sent: object) -> None:
    """Without what was sent."""
    assert set(refused(customer={"email": sent})) == {"/customer/email"}


def test_an_address_in_the_place_of_a_name_is_not_repeated() -> None:
    """An unknown field is named by its pointer: not where that would tell an address."""
    assert set(refused(customer={"jane@example.com": 1})) == {"/customer/{key}"}


@pytest.mark.parametrize("sent", [None, ""])
def test_no_address_is_none(sent: str | None) -> None:
    """As forms write it that were left empty."""
    transaction = take(customer={"email": sent})

    assert "customer" not in transaction.request
    assert transaction.unusable == ()


@pytest.mark.parametrize(
    "parts",
    [
        {"customer": {"email": "4111111111111111@example.com"}},
        {"billing": {"postal_code": "4111111111111111"}},
        {"card": {"funding": "4111111111111111"}},
        {"merchant": {"category": "4111 1111 1111 1111"}},
    ],
)
def test_a_card_number_is_refused_in_each_new_text(parts: dict[str, dict[str, str]]) -> None:
    """Also where the text itself would not be kept."""
    ((part, ((name, _),)),) = ((part, fields.items()) for part, fields in parts.items())

    assert refused(**parts)[f"/{part}/{name}"].startswith("must not hold a full card number")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("10115", "10115"), (" SW1A 1AA ", "SW1A 1AA"), ("〒100-0001", "〒100-0001"), ("", None), ("  ", None),
        ("I live in Dubai, there is none", None), ("1\x002", None),
    ],
)  # fmt: skip
def test_a_postal_code_costs_no_verdict(sent: str, kept: str | None) -> None:
    """A buyer types it: what is none is left out, and named."""
    transaction = take(billing={"country": "DE", "postal_code": sent}, shipping={"postal_code": sent, "country": "T1"})

    assert transaction.request["billing"].get("postal_code") == kept
    named = {Unusable.BILLING_POSTAL_CODE, Unusable.SHIPPING_POSTAL_CODE} if sent and kept is None else set()
    assert set(transaction.unusable) == {Unusable.SHIPPING_COUNTRY} | named


def test_what_a_form_left_empty_is_none() -> None:
    """It says as much as null, and costs no verdict."""
    transaction = take(customer={"created_at": ""}, card={"funding": ""}, merchant={"category": "", "mcc": "5411"})

    assert transaction.request.keys() & {"customer", "card", "merchant"} == {"merchant"}
    assert transaction.request["merchant"] == {"mcc": "5411"}
    assert transaction.unusable == ()


@pytest.mark.parametrize(
    "sent", ["2019-03-01", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2999-01-01T00:00:00Z", "long ago", "\x00"]
)
def test_an_account_was_opened_at_a_time_that_was(sent: str) -> None:
    """With its zone, and not in the future; what is none costs no verdict: it is left out, and named."""
    transaction = take(customer={"created_at": sent})

    assert "customer" not in transaction.request
    assert transaction.unusable == (Unusable.CUSTOMER_CREATED_AT,)


@pytest.mark.parametrize("sent", [1_600_000_000, True, ["2020-01-01T00:00:00Z"]])
def test_another_kind_of_value_is_no_time(sent: object) -> None:
    """A caller's mistake, and not a buyer's."""
    assert set(refused(customer={"created_at": sent})) == {"/customer/created_at"}


def test_a_kind_of_card_may_have_spaces() -> None:
    """As banks write it."""
    assert take(card={"funding": "Charge card"}).request["card"] == {"funding": "Charge card"}


@pytest.mark.parametrize(
    ("timestamp", "kept"),
    [
        ("2026-01-02T03:04:05.678901+05:30", "2026-01-02T03:04:05.678000+05:30"),
        ("2026-01-02T03:04:05-00:00", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05Z"),
    ],
)
def test_a_time_is_kept_with_its_offset(timestamp: str, kept: str) -> None:
    """The hour there is a signal; the payment is the same with another offset for the same moment."""
    transaction = take(timestamp=timestamp)
    same = take(timestamp=transaction.event_time.isoformat())

    assert transaction.request["timestamp"] == kept
    assert (transaction.digest, transaction.event_time) == (same.digest, same.event_time)


def test_a_retry_with_the_address_is_the_same_payment() -> None:
    """The digest is of what is kept."""
    body = b'{"transaction_id":"t","amount":1,"currency":"USD","user_id":"u","customer":{"email":"%s"}}'
    one, same, other = (
        to_transaction(decode_json(body % address)).digest for address in (b"Jane@b.co", b"jane@B.co", b"joe@b.co")
    )

    assert one == same
    assert one != other
