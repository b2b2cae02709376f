"""Addresses of the internet in the one form that they are kept and looked up in, and how proxies write a client's."""

import ipaddress
import re

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED_BITS = 96  # of ::ffff:0:0/96, in which IPv6 writes addresses of IPv4
_LISTED_MAX = 32  # of a forwarded list; more proxies than that are none

_BETWEEN = re.compile(r"[\s,;]+")
# One entry of X-Forwarded-For or Forwarded (RFC 7239): what may stand around an address, such as its port.
_ENTRY = re.compile(
    r"""(?:for=)? "?
    (?: \[ (?P<bracketed> [0-9a-f:.]{2,45} ) (?: %[^\]]* )? \] (?: : [0-9]{1,5} )?
      | (?P<v4> [0-9.]{7,15} ) (?: : [0-9]{1,5} | /32 )?
      | (?P<v6> [0-9a-f:.]{2,45} ) (?: /128 | %.* )?
    ) "?""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL | re.ASCII,
)


def to_address(value: str) -> Address:
    """What IPv6 only wraps is IPv4. Raises ValueError."""
    address = ipaddress.ip_address(value)
    return getattr(address, "ipv4_mapped", None) or address


def to_network(value: str) -> Network:
    """An address is a network of one; else as `to_address`."""
    network = ipaddress.ip_network(value)
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= _MAPPED_BITS:
        inner = network.network_address.ipv4_mapped
        if inner is not None:
            return ipaddress.IPv4Network((inner, network.prefixlen - _MAPPED_BITS))
    return network


def find_client(text: str) -> Address | None:
    """
    The client's address in what a checkout or a proxy wrote: the first that is one, without its port.

    The zone goes: it names an interface of one machine only.
    """
    for entry in _BETWEEN.split(text, _LISTED_MAX)[:_LISTED_MAX]:
        found = _ENTRY.fullmatch(entry)
        if found is not None:
            try:
                return to_address(found["bracketed"] or found["v4"] or found["v6"])
            except ValueError:
                continue
    return None
