"""Whether a transaction is on a list, and what can be on one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import ListEntry, ListKind, ListName, Transaction
from gateway.errors import InvalidRequest
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.lists import ListIndex, key_of, to_key, to_parts

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def transaction(**known: Any) -> Transaction:
    """Any payment, with what is known beside the least."""
    least = {"transaction_id": "t1", "amount": Decimal(5), "currency": "USD", "user_id": "user_1"}
    return to_transaction(least | known)


def entry(
    name: ListName, kind: ListKind, value: str, *, reason: str = "because", expires_at: datetime | None = None
) -> ListEntry:
    """On a list."""
    return ListEntry(name, kind, value, reason, expires_at, NOW, NOW)


def index_of(*entries: ListEntry) -> ListIndex:
    """An index of these."""
    index = ListIndex()
    for each in entries:
        index.put(each)
    return index


def test_who_asks_an_index_hears_what_replaced_its_entries() -> None:
    """The lists are read anew after an outage, and whoever decides asks the index that it was given."""
    index = index_of(entry(ListName.DENY, ListKind.USER, "user_1"))
    find = index.find_now

    index.take_over([entry(ListName.DENY, ListKind.USER, "user_2")])

    assert find(transaction()) is None
    assert find(transaction(user_id="user_2")) is not None


@pytest.mark.parametrize(
    ("kind", "value", "known", "what"),
    [
        (ListKind.USER, "user_1", {}, "user"),
        (ListKind.MERCHANT, "m1", {"merchant_id": "m1"}, "merchant"),
        (ListKind.CARD, "tok_1", {"card": {"token": "tok_1"}}, "card"),
        (ListKind.DEVICE, "d1", {"device": {"id": "d1"}}, "device"),
        (ListKind.IP, "203.0.113.7", {"device": {"ip": "203.0.113.7"}}, "ip"),
        (ListKind.IP, "203.0.113.0/24", {"device": {"ip": "203.0.113.7"}}, "ip"),
        (ListKind.IP, "203.0.113.0/24", {"device": {"ip": "::ffff:203.0.113.7"}}, "ip"),
        (ListKind.IP, "2001:db8::/32", {"device": {"ip": "2001:db8::1"}}, "ip"),
        (ListKind.COUNTRY, "FR", {"card": {"country": "FR"}}, "country of the card"),
        (ListKind.COUNTRY, "FR", {"location": {"country": "FR"}}, "country of the buyer"),
    ],
)
def test_each_kind_is_looked_up_where_a_transaction_has_it(
    kind: ListKind, value: str, known: dict[str, Any], what: str
) -> None:
    """And the verdict's reason says which, with the list's own reason."""
    listed = index_of(entry(ListName.DENY, kind, value)).find(transaction(**known), NOW)

    assert listed is not None
    assert (listed.reason.code, listed.message) == ("DENY_LIST", f"{what} is on the deny list: because")
    assert listed.reason.contribution == 0.0


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ListKind.CARD, "user_1"),
        (ListKind.USER, "user_12"),
        (ListKind.IP, "203.0.112.0/24"),
        (ListKind.IP, "::/0"),
        (ListKind.COUNTRY, "DE"),
    ],
)
def test_nothing_else_is_found(kind: ListKind, value: str) -> None:
    """An id is not another kind's id, and IPv4 is not IPv6."""
    known = {"device": {"ip": "203.0.113.7"}, "card": {"country": "FR"}}

    assert index_of(entry(ListName.DENY, kind, value)).find(transaction(**known), NOW) is None


def test_deny_wins_over_allow_whatever_they_name() -> None:
    """A user whom we trust does not pay with a stolen card."""
    index = index_of(
        entry(ListName.ALLOW, ListKind.CARD, "tok_1"),
        entry(ListName.DENY, ListKind.COUNTRY, "FR"),
    )

    listed = index.find(transaction(card={"token": "tok_1", "country": "FR"}), NOW)

    assert listed is not None
    assert listed.name is ListName.DENY


def test_an_expiry_is_honoured_to_the_moment() -> None:
    """Also when a wider entry goes on."""
    narrow = entry(ListName.DENY, ListKind.IP, "203.0.113.7", reason="narrow", expires_at=NOW)
    index = index_of(narrow, entry(ListName.DENY, ListKind.IP, "203.0.113.0/24", reason="wide"))
    payment = transaction(device={"ip": "203.0.113.7"})

    before = index.find(payment, NOW - timedelta(milliseconds=1))
    at_it = index.find(payment, NOW)

    assert before is not None
    assert before.message.endswith("narrow")
    assert at_it is not None
    assert at_it.message.endswith("wide")


def test_what_is_removed_is_not_found() -> None:
    """And to remove it again is no error."""
    denied = entry(ListName.DENY, ListKind.IP, "203.0.113.0/24")
    index = index_of(denied)

    for _ in range(2):
        index.remove(key_of(denied))

    assert index.find(transaction(device={"ip": "203.0.113.7"}), NOW) is None
    assert len(index) == 0


@given(
    st.sets(st.ip_addresses(v=4).flatmap(lambda a: st.integers(0, 32).map(lambda n: f"{a}/{n}")), max_size=20),
    st.ip_addresses(v=4),
)
def test_networks_are_found_as_python_finds_them(networks: set[str], address: object) -> None:
    """Whatever their lengths."""
    found = {ip_network(network, strict=False) for network in networks}
    values = [to_parts("deny", "ip", str(network))[2] for network in found]
    index = index_of(*(entry(ListName.DENY, ListKind.IP, value) for value in values))

    listed = index.find(transaction(device={"ip": str(address)}), NOW)

    assert (listed is not None) == any(ip_address(str(address)) in network for network in found)


def test_pages_follow_each_other_without_a_gap() -> None:
    """In the order of their keys, also with a filter and after a change."""
    names = [f"user_{n:03}" for n in range(25)]
    index = index_of(*(entry(ListName.DENY, ListKind.USER, name) for name in names))
    index.put(entry(ListName.ALLOW, ListKind.CARD, "tok_1"))
    seen, after = list[str](), None

    while found := index.page(name=ListName.DENY, kind=None, after=after, limit=10):
        seen += [each.value for each in found]
        after = key_of(found[-1])

    assert seen == names
    assert index.page(name=None, kind=ListKind.CARD, after=None, limit=10)[0].value == "tok_1"


@pytest.mark.parametrize(
    ("kind", "value", "canonical"),
    [
        ("ip", "203.0.113.7/32", "203.0.113.7"),
        ("ip", "2001:DB8::0:1", "2001:db8::1"),
        ("ip", "::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("ip", "fe80::1%eth0", "fe80::1"),
        ("user", "a/b@c.d", "a/b@c.d"),
        ("country", "tr", "TR"),
    ],
)
def test_a_value_has_one_form(kind: str, value: str, canonical: str) -> None:
    """Or it could be on a list twice, and be taken off once."""
    name, known_kind, value = to_parts("deny", kind, value)

    assert to_key(name, known_kind, value) == f"deny:{kind}:{canonical}"


@pytest.mark.parametrize(
    ("name", "kind", "value", "field_errors"),
    [
        ("block", "card", "tok_1", {"{list}"}),
        ("deny", "cards", "tok_1", {"{kind}"}),
        ("deny", "card", "4111111111111111", {"{value}"}),
        ("deny", "card", "a b", {"{value}"}),
        ("deny", "user", "", {"{value}"}),
        ("deny", "user", "x" * 256, {"{value}"}),
        ("deny", "user", ".", {"{value}"}),
        ("deny", "merchant", "..", {"{value}"}),
        ("deny", "country", "FRA", {"{value}"}),
        ("deny", "ip", "203.0.113.7/24", {"{value}"}),
        ("deny", "ip", "203.0.113", {"{value}"}),
        ("block", "cards", "tok_1", {"{list}", "{kind}"}),
        ("block", "card", "a b", {"{list}", "{value}"}),
    ],
)
def test_what_no_list_can_name_is_refused_with_its_place(
    name: str, kind: str, value: str, field_errors: set[str]
) -> None:
    """Every wrong part of the path, and never what was sent: it may be a card number."""
    with pytest.raises(InvalidRequest) as refused:
        to_parts(name, kind, value)

    assert {error.pointer for error in refused.value.field_errors} == field_errors
    assert "4111111111111111" not in str([refused.value.detail, *refused.value.field_errors])


def test_a_network_with_too_many_bits_is_told_what_was_meant() -> None:
    """The commonest mistake."""
    with pytest.raises(InvalidRequest) as refused:
        to_parts("deny", "ip", "203.0.113.7/24")

    assert "203.0.113.0/24" in refused.value.field_errors[0].detail


@pytest.mark.parametrize(
    ("code", "named"),
    [("UK", "GB"), ("ZZ", "GB"), ("EL", "GR"), ("AN", "BQ, CW or SX"), ("SU", "RU"), ("EU", "GB"), ("uk", "GB")],
)
def test_a_country_that_is_none_is_refused_and_told_what_to_write(code: str, named: str) -> None:
    """It was taken, and matched no payment ever."""
    with pytest.raises(InvalidRequest) as refused:
        to_parts("deny", "country", code, is_new=True)

    assert named in refused.value.field_errors[0].detail


def test_a_country_from_before_the_rule_can_be_looked_at_and_taken_off() -> None:
    """It could else never leave its list."""
    assert to_parts("deny", "country", "UK") == (ListName.DENY, ListKind.COUNTRY, "UK")


@pytest.mark.parametrize("code", ["GB", "XK", "SS", "TL"])
def test_every_country_can_be_on_a_list(code: str) -> None:
    """Also those that are younger than many tables."""
    assert to_parts("deny", "country", code, is_new=True)[2] == code
