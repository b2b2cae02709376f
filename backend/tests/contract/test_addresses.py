"""Brain and gateway are reached by IPv4 and by IPv6, as their images start them."""

import socket
from pathlib import Path

import httpx
import pytest

from tests.brain_calls import NO_MONGODB
from tests.processes import BrainProcess, GatewayProcess

BOTH = ("127.0.0.1", "::1")
pytestmark = pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")


@pytest.mark.parametrize("address", ["::", "0.0.0.0"])  # noqa: S104 (what is tested)
def test_a_brain_on_any_wildcard_is_reached_by_both(tmp_path: Path, address: str) -> None:
    """`::` needs no brackets, and the default leaves nobody out."""
    environment = {"BRAIN_BIND_ADDRESS": address}
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=environment) as brain:
        for host in BOTH:
            socket.create_connection((host, brain.port), timeout=2).close()


def test_a_brain_on_one_ipv6_address_starts(tmp_path: Path) -> None:
    """It listens there, and nowhere else."""
    brain = BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_BIND_ADDRESS": "::1"})
    brain._is_ready = lambda: "brain.started" in brain.log()  # it is asked on 127.0.0.1 otherwise
    with brain:
        socket.create_connection(("::1", brain.port), timeout=2).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", brain.port), timeout=2)


def test_a_gateway_as_its_image_starts_it_is_reached_by_both(tmp_path: Path) -> None:
    """An empty host is every address of either family; `::` would be IPv6 alone."""
    with GatewayProcess(tmp_path, mongodb_url=NO_MONGODB, brain_port=9, options=["--host", ""]) as gateway:
        for host in ("127.0.0.1", "[::1]"):
            assert httpx.get(f"http://{host}:{gateway.port}/health/ready", trust_env=False).status_code == 200
