"""Whatever the short way takes, the long way takes as an equal transaction; what it refuses is never taken."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.domain import Transaction
from gateway.errors import GatewayError
from gateway.verdict.intake.decoding import decode_json, to_transaction
from gateway.verdict.intake.ordinary import take_ordinary
from tests.contract.verdict.test_hostile import HOSTILE
from tests.requests import requests
from tests.unit.verdict.test_intake_same import RECORDED

FULL: dict[str, Any] = {
    "transaction_id": "o-7", "amount": 1200.25, "currency": "USD", "user_id": "u@example.com",
    "timestamp": "2026-01-02T03:04:05.678Z", "merchant_id": "shop/1", "payment_method": "card", "channel": "web",
    "merchant": {"name": "H&M, 5 % off", "mcc": "5812", "category": "fashion", "country": "CH"},
    "card": {"token": "tok_abc", "bin": "411111", "last4": "1111", "country": "GB", "funding": "debit"},
    "device": {"id": "d-1", "ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (X11)", "session_id": "s-1"},
    "customer": {"email": "Jane.Doe+7@mail.example.com", "created_at": "2024-02-29T01:02:03.0041+05:30"},
    "billing": {"country": "DE", "postal_code": "10115"}, "shipping": {"country": "NL", "postal_code": "1012 AB"},
    "location": {"country": "DE"}, "metadata": {"note": "size M", "n": 3, "ok": True},
}  # fmt: skip
PLACES = [
    *((name,) for name in FULL),
    *((name, key) for name, part in FULL.items() if isinstance(part, dict) for key in part),
    ("unknown",), ("device", "unknown"), ("metadata", "4111111111111111"), ("metadata", "a b"),
]  # fmt: skip
ODD: list[Any] = [
    "4111111111111111", "4111 1111 1111 1111", "x 4111-1111/1111.1111", "%34111111111111111", "&#52;111111111111111",
    "4111\u00e91111\u00e91111\u00e91111", "\u0130stanbul \u011e", "Caf\u00e9", "\u01c4\u024f",
    "\u00d7\u00df", "\u0250", "\u00bc", "\u00aa",
    "\u0661", "\uff14", "0004111111111111111",
    4111111111111111, "12345678901234567890", ".", "..", "a b", "", " ", "a", "A" * 256, "\x7f",
    "\x00", "\n", "é", "e\u0301", "\ud800", "::1", "2001:DB8::1", "::ffff:1.2.3.4", "1.2.3.4:80", "1.2.3.4, 5.6.7.8",
    "01.2.3.4", "1.2.3", "1.2.3.4.", "unknown", "de", "UK", "XX", "T1", "AN", "usd", "EUR", "JPY", "KWD", "CLF", "XXX",
    "150.5", "1e3", "0x1", "1_000", " 12", "12.500", "12.345", "-1", "NaN", "00.10", 0, -0.0, 1.0, 1e3, 0.1, 1.005, -5,
    1e-7, 1e400, 10**12, 10**15 + 1, 10**30, 2**63, -(2**63), "999999999999.99", True, None, [], {}, [1], {"a": 1},
    {"a": None}, {f"k{n}": n for n in range(21)}, "2026-01-02T03:04:05+01:00", "2026-01-02T03:04:05.678901Z",
    "2026-01-02t03:04:05z", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05", "2026-01-02T03:04:05,5Z",
    "1999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T23:59:60Z",
    "2999-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
    "a@b.co", "A@B.CO", " a@b.co ", "a@b", "a@@b.co", "a@b.1", "a@.co", "a@b..co", "a@-b.co", "a@b-.co", "a@b.c-",
    ".a.@b.co", "jos\u00e9@caf\u00e9.fr", "josE\u0301@b.co", "a@xn--bcher-kva.de", "4111111111111111@b.co",
    "a@4111111111111111.co",
    "a@" + "b" * 251 + ".co", "1012  AB", " 1012", "A" * 16, "A" * 17, "EC1A-1BB", "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00",
    "2000-01-01T00:00:00+23:59", "2026-01-02T03:04:05.1+0100", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05-00:00",
]  # fmt: skip
_odd_texts = st.text("4519 -./:%&;#@aZ\x7fé\u0130\u0301", max_size=24)
odd_values = st.sampled_from(ODD) | _odd_texts | st.integers() | st.floats(0, 1e14)


def copy() -> dict[str, Any]:
    """Of the full body, to be changed."""
    return {name: dict(part) if isinstance(part, dict) else part for name, part in FULL.items()}


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A full body with some parts left out, and some odd ones in their places."""
    body = copy()
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=3)):
        part = body
        for step in place[:-1]:
            part = part[step] if isinstance(part.get(step), dict) else {}
        if draw(st.booleans()):
            part[place[-1]] = draw(odd_values)
        else:
            part.pop(place[-1], None)
    separators, ensure_ascii = draw(st.sampled_from([((", ", ": "), True), ((",", ":"), False)]))
    text = json.dumps(body, separators=separators, ensure_ascii=ensure_ascii)
    return text.encode("utf-8", "surrogatepass")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The same, with keys that are there twice, or something put in, cut out or written over at any byte."""
    body = draw(changed())
    twice = draw(st.sampled_from([b'"user_id"', b'"note"', b'"country"', b'"device"', b'"amount"']))
    if draw(st.booleans()):
        value = draw(st.sampled_from([b"1", b'"x"', b"{}", b"null", b'":"']))
        gap = draw(st.sampled_from([b"", b" ", b"\n"]))
        return body.replace(twice, twice + gap + b":" + value + b"," + twice, 1)
    at = draw(st.integers(0, len(body)))
    put = draw(st.sampled_from([b"", b" ", b'"', b":", b",", b"{", b"\\", b"\\u003a", b"\x00", b"\xff", b"0", b"e5"]))
    return body[:at] + put + body[at + draw(st.integers(0, 2)) :]


def taken(body: bytes) -> Transaction | None:
    """By the long way."""
    try:
        return to_transaction(decode_json(body))
    except GatewayError:
        return None


def check(body: bytes) -> bool:
    """Returns whether the short way took it."""
    short = take_ordinary(body)
    if short is None:
        return False
    long = taken(body)
    assert long is not None
    if "timestamp" not in short.request:  # it is now, and a moment later now is another time
        assert (long.event_time - short.event_time).total_seconds() < 60
        short = replace(short, event_time=long.event_time)
    assert short == long
    return True


@given(requests())
def test_ordinary_requests_are_taken_alike(request: dict[str, Any]) -> None:
    """Whatever a merchant may send."""
    check(json.dumps(request, default=float).encode())


@given(changed() | damaged())
def test_odd_requests_are_taken_alike_or_not_at_all(body: bytes) -> None:
    """Each field with what it must not hold, or holds in another form; bytes that are no JSON."""
    check(body)


@pytest.mark.parametrize("place", PLACES)
def test_each_odd_value_in_each_place(place: tuple[str, ...]) -> None:
    """One by one: chance finds some of them only."""
    body = copy()
    *parents, name = place
    part = body[parents[0]] if parents else body
    for odd in ODD:
        part[name] = odd
        for ensure_ascii in (True, False):
            check(json.dumps(body, ensure_ascii=ensure_ascii).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("body", [*(body for body, _ in HOSTILE.values()), *map(str.encode, RECORDED)])
def test_hostile_and_recorded_requests_are_taken_alike(body: bytes) -> None:
    """A record's digest stands for good."""
    check(body)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amount": "1200.25"},
        {"amount": 7, "currency": "JPY"},
        {"device": {"ip": "2001:DB8::1"}},
        {"timestamp": "2026-01-02T03:04:05+01:00"},
        {"user_id": "4111111111111111"},
        {"merchant": {"name": "\u0130stanbul Kebap\u00e7\u0131s\u0131", "country": "TR"}},
        {"metadata": {"order": "12345678901234567890", "n": -5}},
    ],
)
def test_what_most_merchants_send_is_taken_at_once(changes: dict[str, Any]) -> None:
    """The short way would be of no use if it took nothing."""
    assert check(json.dumps(FULL | changes, ensure_ascii=False).encode())
    assert check(json.dumps(FULL | changes, ensure_ascii=False, separators=(",", ":")).encode())
    assert check(b'{"transaction_id":"t","amount":150.50,"currency":"USD","user_id":"u"}')


def test_a_body_with_every_field_takes_the_short_way() -> None:
    """Else the tests above would compare nothing."""
    assert check(json.dumps(FULL).encode())
