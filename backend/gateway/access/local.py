"""
Whether a request comes from this machine, for GATEWAY_AUTH=demo.

The peer must be on loopback, and Host must say so: a name that somebody else owns may lead here from a page in a
browser of this machine (DNS rebinding). What a proxy passed on is not from here.
"""

import socket
import struct
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import Scope as Connection

from gateway.access.address import to_address
from gateway.access.credentials import host_of

_PASSED_ON = frozenset((b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"))
_ROUTES = Path("/proc/net/route")
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
_UP_TO_GATEWAY = 0x3  # RTF_UP and RTF_GATEWAY


def is_from_here(connection: Connection, peers: frozenset[str]) -> bool:
    """
    Whether somebody on this machine asks.

    Args:
        peers: Addresses that stand for this machine although they are not loopback: `own_peers`.
    """
    client = connection.get("client")
    if client is None or not (_is_loopback(client[0]) or client[0] in peers):
        return False
    if any(name in _PASSED_ON for name, _ in connection["headers"]):
        return False
    return _is_local_name(host_of(connection))


def own_peers(routes: Path = _ROUTES, marks: tuple[Path, ...] = _CONTAINER_MARKS) -> frozenset[str]:
    """
    Find as whom callers on this machine reach a port that a container engine publishes: as the container's gateway.

    None outside of a container: there the default gateway is a router, and everybody's.
    """
    if not any(mark.exists() for mark in marks):
        return frozenset()
    try:
        lines = routes.read_text("ascii").splitlines()[1:]
    except (OSError, UnicodeDecodeError):
        return frozenset()
    fields = [line.split() for line in lines]
    return frozenset(
        socket.inet_ntoa(struct.pack("<I", int(gateway, 16)))
        for _, target, gateway, flags, *_ in (each for each in fields if len(each) > 4)
        if target == "00000000" and int(flags, 16) & _UP_TO_GATEWAY == _UP_TO_GATEWAY
    )


def _is_loopback(host: str) -> bool:
    address = to_address(host)
    return address is not None and address.is_loopback


@lru_cache(256)
def _is_local_name(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets around what is no address
        return False
    return name == "localhost" or _is_loopback(name)
