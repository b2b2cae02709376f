"""Whose address counts: the peer's, or what a trusted proxy says of it."""

import ipaddress

import pytest

from gateway.access.address import address_of
from tests.access import request_from

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["192.0.2.1"], "203.0.113.7"),  # no proxy of ours: it may say what it likes
        ("10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["192.0.2.66, 192.0.2.1"], "192.0.2.1"),  # the client itself wrote the first
        ("10.0.0.1", ["192.0.2.66", "192.0.2.1, 10.0.0.2"], "192.0.2.1"),  # in two lines, over two proxies
        ("::ffff:10.0.0.1", ["::ffff:192.0.2.1"], "192.0.2.1"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("10.0.0.1", ["unknown"], None),
        (None, ["192.0.2.1"], None),
    ],
)
def test_the_first_that_is_no_trusted_proxy_counts(peer: str | None, forwarded: list[str], address: str | None) -> None:
    """From the peer on, backwards: what stands further left anybody may have written."""
    request = request_from(peer, headers=[("X-Forwarded-For", line) for line in forwarded])

    found = address_of(request, PROXIES)

    assert (None if found is None else str(found)) == address


def test_without_trusted_proxies_only_the_peer_counts() -> None:
    """Also where that is this machine."""
    request = request_from("127.0.0.1", headers=[("X-Forwarded-For", "192.0.2.1")])

    assert str(address_of(request, [])) == "127.0.0.1"
