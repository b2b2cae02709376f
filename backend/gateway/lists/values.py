"""What a list can name, in the one form that it is kept and looked up in."""

import ipaddress

from pydantic import TypeAdapter, ValidationError

from gateway.domain import ListKind, ListName
from gateway.errors import InvalidRequest, Place
from gateway.schemas import Country, PartyId, Word

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED_BITS = 96  # of ::ffff:0:0/96, in which IPv6 writes addresses of IPv4

_PARTY, _WORD = TypeAdapter[str](PartyId), TypeAdapter[str](Word)
_FORMS = {
    ListKind.USER: (_PARTY, "a user_id as transactions have it: 1 to 128 of A-Z a-z 0-9 . _ : @ | + = / -"),
    ListKind.MERCHANT: (_PARTY, "a merchant_id as transactions have it: 1 to 128 of A-Z a-z 0-9 . _ : @ | + = / -"),
    ListKind.CARD: (_WORD, "a card's token, never its number: 1 to 64 of A-Z a-z 0-9 _ . -"),
    ListKind.DEVICE: (_WORD, "a device's id: 1 to 64 of A-Z a-z 0-9 _ . -"),
    ListKind.COUNTRY: (TypeAdapter[str](Country), "an ISO 3166-1 alpha-2 code in capitals, such as FR"),
}


def to_parts(name: str, kind: str, value: str) -> tuple[ListName, ListKind, str]:
    """
    From the parts of a path.

    Raises:
        InvalidRequest: with every part that is wrong. What was sent is not repeated: it may be a card number.
    """
    places = []
    if name not in list(ListName):
        places.append(Place("{list}", "must be deny or allow"))
    if kind not in list(ListKind):
        places.append(Place("{kind}", f"must be one of {', '.join(ListKind)}"))
    else:
        value, advice = _canonical(ListKind(kind), value)
        places += [Place("{value}", advice)] if advice else []
    if places:
        raise InvalidRequest("See `errors` for each part of the path and what would be right there.", tuple(places))
    return ListName(name), ListKind(kind), value


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


def _canonical(kind: ListKind, value: str) -> tuple[str, str]:
    """The value in its one form, and what would be right when it has none."""
    if kind is ListKind.IP:
        return _canonical_ip(value)
    form, advice = _FORMS[kind]
    try:
        return form.validate_python(value), ""
    except ValidationError:
        return value, f"must be {advice}"


def _canonical_ip(value: str) -> tuple[str, str]:
    value = value.partition("%")[0]  # behind it is the name of an interface, which means something on one machine only
    try:
        network = to_network(value)
    except ValueError:
        try:
            meant = ipaddress.ip_network(value, strict=False)
        except ValueError:
            return value, "must be an address such as 203.0.113.7, or a network such as 203.0.113.0/24"
        return value, f"has bits beyond its prefix: the network is {meant}"
    return str(network.network_address if network.prefixlen == network.max_prefixlen else network), ""
