"""Whether a request comes from this machine: what GATEWAY_AUTH=demo believes, and what it does not."""

from pathlib import Path

import pytest

from gateway.access.local import is_from_here, own_peers
from tests.access import request_from

ROUTES = """Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
eth0 00000000 010012AC 0003 0 0 0 00000000 0 0 0
eth0 000012AC 00000000 0001 0 0 0 0000FFFF 0 0 0
"""


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_known_by_its_own_names(peer: str, host: str) -> None:
    """With and without a port."""
    assert is_from_here(request_from(peer, host=host), frozenset())


@pytest.mark.parametrize("peer", ["192.168.1.7", "fe80::1", "testclient", "", None])
def test_another_machine_is_not_this_one(peer: str | None) -> None:
    """Whatever it calls us."""
    assert not is_from_here(request_from(peer), frozenset())


@pytest.mark.parametrize(
    "host", ["shop.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "[127.0.0.1", "::1", "10.0.0.1"]
)
def test_a_name_of_somebody_else_is_not_this_machine(host: str) -> None:
    """A page that was led here by its own name (DNS rebinding) sends that name."""
    assert not is_from_here(request_from(host=host), frozenset())


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_what_a_proxy_passes_on_is_not_from_here(name: str) -> None:
    """The proxy is here; who asked it may be anywhere."""
    assert not is_from_here(request_from(headers=[(name, "127.0.0.1")]), frozenset())


def test_a_second_host_is_no_local_one() -> None:
    """Whichever a proxy looks at."""
    assert not is_from_here(request_from(headers=[("Host", "localhost")]), frozenset())


def test_in_a_container_the_gateway_of_its_network_stands_for_the_machine(tmp_path: Path) -> None:
    """A published port is reached through it. Outside of a container it is a router, and everybody's."""
    routes, mark = tmp_path / "route", tmp_path / ".dockerenv"
    routes.write_text(ROUTES, encoding="ascii")

    assert own_peers(routes, (mark,)) == frozenset()

    mark.touch()
    assert own_peers(routes, (mark,)) == {"172.18.0.1"}
    assert is_from_here(request_from("172.18.0.1"), own_peers(routes, (mark,)))
    assert own_peers(tmp_path / "missing", (mark,)) == frozenset()
