"""The client's address is found in what checkouts and proxies write, and nothing there costs a payment its verdict."""

import pytest

from gateway.verdict.intake.decoding import to_transaction

PAYMENT = {"transaction_id": "t", "amount": 1, "currency": "USD", "user_id": "u"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("203.0.113.7/32", "203.0.113.7"),
        ("203.0.113.7, 10.0.0.1", "203.0.113.7"),
        ("203.0.113.7,10.0.0.1,10.0.0.2", "203.0.113.7"),
        ("unknown, 203.0.113.7:80", "203.0.113.7"),
        (", 203.0.113.7", "203.0.113.7"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("2001:db8::1/128", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[fe80::1%eth0]:443", "fe80::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%", "fe80::1"),
        ("fe80::1%\ud800", "fe80::1"),
        ("fe80::1%\x00\x1b[2J", "fe80::1"),
        ("fe80::1%" + "z" * 60_000, "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7%eth0", "203.0.113.7"),
        ("[::ffff:cb00:7107]:80", "203.0.113.7"),
        ('for="[2001:db8::1]:4711"', "2001:db8::1"),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
        ("proto=https; For=192.0.2.60, for=10.0.0.1", "192.0.2.60"),
        ('"203.0.113.7"', "203.0.113.7"),
        ("by=203.0.113.43;for=192.0.2.60", "192.0.2.60"),
        ("203.0.113.7 10.0.0.1", "203.0.113.7"),
        ("203.0.113.7;10.0.0.1", "203.0.113.7"),
        ("\t203.0.113.7\r\n", "203.0.113.7"),
        ("fe80::1%a b,c", "fe80::1"),
    ],
)
def test_the_address_is_taken_in_its_one_form(sent: str, kept: str) -> None:
    """Without port, prefix and zone; of a list the first; IPv4 where IPv6 only wraps it."""
    transaction = to_transaction(PAYMENT | {"device": {"ip": sent}})

    assert transaction.request["device"] == {"ip": kept}
    assert transaction.unusable == ()


@pytest.mark.parametrize(
    "sent",
    ["", " ", "unknown", "-", "null", "localhost", "shop.example.com", "203.0.113", "999.1.1.1", "203.0.113.0/24",
     "\ud800", "1" * 5000, "203.000.113.007", "::1::2", "[::1", "%eth0", "_hidden, unknown", "\uff11.1.1.1",
     "a," * 20_000, "\x00", "12345", "0x7f.1"],
)  # fmt: skip
def test_what_is_no_address_is_left_out_and_said(sent: str) -> None:
    """The payment gets its verdict."""
    transaction = to_transaction(PAYMENT | {"device": {"ip": sent, "id": "d"}})

    assert transaction.request["device"] == {"id": "d"}
    assert transaction.unusable == ("device.ip",)


def test_no_address_is_nothing_left_out() -> None:
    """Absent and null are the same."""
    assert to_transaction(PAYMENT | {"device": {"ip": None, "id": "d"}}).unusable == ()
    assert to_transaction(PAYMENT).unusable == ()


@pytest.mark.parametrize("part", ["location", "card", "merchant"])
@pytest.mark.parametrize(
    ("sent", "kept"), [("DE", "DE"), ("GB", "GB"), ("XK", "XK"), ("UK", "GB"), ("EL", "GR"), ("ZZ", None), ("T1", None)]
)
def test_a_country_is_one_of_the_world_or_left_out_and_said(part: str, sent: str, kept: str | None) -> None:
    """UK means GB, and T1 is what some networks write for a country that they do not know."""
    transaction = to_transaction(PAYMENT | {part: {"country": sent}})

    assert transaction.request.get(part, {}).get("country") == kept
    assert transaction.unusable == (() if kept else (f"{part}.country",))
