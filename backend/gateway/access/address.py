"""From which address a request comes: the peer's, unless that is a proxy that is trusted to say whose it passes on."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from starlette.types import Scope as Connection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_FORWARDED = b"x-forwarded-for"
_HOPS_MAX = 32


def address_of(connection: Connection, trusted: Sequence[Network]) -> Address | None:
    """
    Find the client's address: from the peer on, the first that is no trusted proxy. None where it has none.

    Args:
        trusted: GATEWAY_TRUSTED_PROXIES. What others write into X-Forwarded-For is not believed.
    """
    client = connection.get("client")
    address = None if client is None else to_address(str(client[0]))
    if not trusted or address is None or not is_in(address, trusted):
        return address
    hops = [hop for name, value in connection["headers"] if name == _FORWARDED for hop in value.split(b",")]
    for hop in reversed(hops[-_HOPS_MAX:]):
        said = to_address(hop.decode("latin-1").strip())
        if said is None:
            return None  # a trusted proxy passes on what no address is: nobody knows who asks
        if not is_in(said, trusted):
            return said
        address = said
    return address


def is_in(address: Address, networks: Sequence[Network]) -> bool:
    """Whether one of these networks holds it."""
    return any(address in network for network in networks)


@lru_cache(1024)
def to_address(text: str) -> Address | None:
    """Read an address; IPv4 as such also where it is written as IPv6."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
