"""What a list can name, in the one form that it is kept and looked up in."""

import ipaddress
import re

from pydantic import TypeAdapter, ValidationError

from gateway.domain import ListKind, ListName
from gateway.errors import InvalidRequest, Place
from gateway.values.addresses import to_network
from gateway.values.fields import ID_CHARS_MAX, ForeignId, Id, ListedCountry

_OWN, _FOREIGN = TypeAdapter[str](Id), TypeAdapter[str](ForeignId)
_CHARACTERS = f"1 to {ID_CHARS_MAX} characters without spaces, control characters and what is not seen"
_FORMS = {
    ListKind.USER: (_OWN, f"must be a user_id as transactions have it: {_CHARACTERS}"),
    ListKind.MERCHANT: (_OWN, f"must be a merchant_id as transactions have it: {_CHARACTERS}"),
    ListKind.CARD: (_FOREIGN, f"must be a card's token, never its number: {_CHARACTERS}"),
    ListKind.DEVICE: (_FOREIGN, f"must be a device's id: {_CHARACTERS}"),
    ListKind.COUNTRY: (TypeAdapter[str](ListedCountry), ""),
}
_WAS_COUNTRY = re.compile("[A-Z]{2}")


def to_parts(name: str, kind: str, value: str, *, is_new: bool = False) -> tuple[ListName, ListKind, str]:
    """
    From the parts of a path.

    Args:
        is_new: It is to be put on a list. What is on one may be from before a rule, and can be looked at and taken off.

    Raises:
        InvalidRequest: with every part that is wrong. What was sent is not repeated: it may be a card number.
    """
    places = []
    if name not in list(ListName):
        places.append(Place("{list}", "must be deny or allow"))
    if kind not in list(ListKind):
        places.append(Place("{kind}", f"must be one of {', '.join(ListKind)}"))
    else:
        value, advice = _canonical(ListKind(kind), value, is_new=is_new)
        places += [Place("{value}", advice)] if advice else []
    if places:
        raise InvalidRequest("See `errors` for each part of the path and what would be right there.", tuple(places))
    return ListName(name), ListKind(kind), value


def _canonical(kind: ListKind, value: str, *, is_new: bool) -> tuple[str, str]:
    """The value in its one form, and what would be right when it has none."""
    if kind is ListKind.IP:
        return _canonical_ip(value)
    if kind is ListKind.COUNTRY and not is_new and _WAS_COUNTRY.fullmatch(value):
        return value, ""
    form, advice = _FORMS[kind]
    try:
        return form.validate_python(value), ""
    except ValidationError as error:
        return value, advice or error.errors(include_input=False)[0]["msg"]


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
