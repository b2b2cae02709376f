"""
Lists in memory: whether a transaction is on one. A dictionary for each kind, so it costs the same for 10 entries as
for 100,000; networks are looked up once for each length of prefix that is in use.
"""

import bisect
import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from gateway.domain import Listed, ListEntry, ListKind, ListName, Transaction
from gateway.errors import FieldError, InvalidRequest
from gateway.kit import clock
from gateway.values.addresses import to_address, to_network
from gateway.values.fields import ID_CHARS_MAX, ForeignId, Id, ListedCountry

_BITS = {4: 32, 6: 128}
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


def to_key(name: ListName, kind: ListKind, value: str) -> str:
    """What an entry is known by, here and in the ledger. Text, because the hash of a tuple of enums costs 1 us."""
    return f"{name}:{kind}:{value}"


def key_of(entry: ListEntry) -> str:
    """The same of an entry."""
    return to_key(entry.name, entry.kind, entry.value)


class ListIndex:
    """
    For one event loop: nothing here awaits, so nothing needs a lock.

    Attributes:
        is_empty: Nothing is on a list, as in most shops: then nobody needs to look.
    """

    def __init__(self) -> None:
        self.is_empty = True
        self._entries: dict[str, ListEntry] = {}
        # by list, then by IP version and length of prefix, then by the prefix itself
        self._networks: dict[ListName, dict[tuple[int, int], dict[int, ListEntry]]] = {name: {} for name in ListName}
        self._sorted: list[str] | None = None

    def __len__(self) -> int:
        """How many entries."""
        return len(self._entries)

    def take_over(self, entries: Sequence[ListEntry]) -> None:
        """Know these, and nothing else: whoever asks this one goes on asking it."""
        other = ListIndex()
        for entry in entries:
            other.put(entry)
        self._entries, self._networks, self._sorted = other._entries, other._networks, other._sorted
        self.is_empty = not self._entries

    def entries(self) -> list[ListEntry]:
        """All, in no particular order."""
        return list(self._entries.values())

    def get(self, key: str) -> ListEntry | None:
        """One entry, expired or not."""
        return self._entries.get(key)

    def put(self, entry: ListEntry) -> None:
        """Add it, or replace what is there."""
        key = key_of(entry)
        if key not in self._entries:
            self._sorted = None
        self._entries[key] = entry
        self.is_empty = False
        if entry.kind is ListKind.IP:
            network = to_network(entry.value)
            tables = self._networks[entry.name]
            table = tables.setdefault((network.version, network.prefixlen), {})
            table[int(network.network_address)] = entry

    def remove(self, key: str) -> None:
        """Drop it, if it is there."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.is_empty = not self._entries
        self._sorted = None
        if entry.kind is ListKind.IP:
            network = to_network(entry.value)
            tables, length = self._networks[entry.name], (network.version, network.prefixlen)
            tables[length].pop(int(network.network_address), None)
            if not tables[length]:
                del tables[length]

    def page(self, *, name: ListName | None, kind: ListKind | None, after: str | None, limit: int) -> list[ListEntry]:
        """Entries in the order of their keys, beginning after one."""
        if self._sorted is None:
            self._sorted = sorted(self._entries)  # 30 ms for 100,000, once after each change
        found: list[ListEntry] = []
        for key in self._sorted[bisect.bisect_right(self._sorted, after) if after else 0 :]:
            entry = self._entries[key]
            if name in (None, entry.name) and kind in (None, entry.kind):
                found.append(entry)
                if len(found) == limit:
                    break
        return found

    def find_now(self, transaction: Transaction) -> Listed | None:
        """The entry that decides at this moment."""
        return self.find(transaction, clock.LEDGER.best())

    def find(self, transaction: Transaction, now: datetime) -> Listed | None:
        """The entry that decides: deny before allow. Some microseconds."""
        named = _named(transaction)
        for name in (ListName.DENY, ListName.ALLOW):
            for kind, what, value in named:
                if kind is ListKind.IP:
                    found = self._find_networks(name, value)
                else:
                    found = [self._entries.get(f"{name}:{kind}:{value}")]
                entry = next((e for e in found if e and (e.expires_at is None or e.expires_at > now)), None)
                if entry is not None:
                    return Listed(name, f"{what} is on the {name.value} list: {entry.reason}")
        return None

    def _find_networks(self, name: ListName, value: str) -> list[ListEntry | None]:
        tables = self._networks[name]
        if not tables:
            return []
        address = to_address(value)
        number, bits = int(address), _BITS[address.version]
        return [
            table.get(number >> (bits - length) << (bits - length))
            for (version, length), table in tables.items()
            if version == address.version
        ]


def _named(transaction: Transaction) -> Sequence[tuple[ListKind, str, str]]:
    """What a list could name of this transaction: kind, words for people, value."""
    request = transaction.request
    card, device, location = (request.get(part) or {} for part in ("card", "device", "location"))
    named: tuple[tuple[ListKind, str, str | None], ...] = (
        (ListKind.CARD, "card", card.get("token")),
        (ListKind.USER, "user", transaction.user_id),
        (ListKind.DEVICE, "device", device.get("id")),
        (ListKind.IP, "ip", device.get("ip")),
        (ListKind.MERCHANT, "merchant", transaction.merchant_id),
        (ListKind.COUNTRY, "country of the card", card.get("country")),
        (ListKind.COUNTRY, "country of the buyer", location.get("country")),
    )
    return [(kind, what, value) for kind, what, value in named if value is not None]


def to_parts(name: str, kind: str, value: str, *, is_new: bool = False) -> tuple[ListName, ListKind, str]:
    """
    From the parts of a path.

    Args:
        is_new: It is to be put on a list. What is on one may be from before a rule, and can be looked at and taken off.

    Raises:
        InvalidRequest: with every part that is wrong. What was sent is not repeated: it may be a card number.
    """
    field_errors = []
    if name not in list(ListName):
        field_errors.append(FieldError("{list}", "must be deny or allow"))
    if kind not in list(ListKind):
        field_errors.append(FieldError("{kind}", f"must be one of {', '.join(ListKind)}"))
    else:
        value, advice = _canonical(ListKind(kind), value, is_new=is_new)
        field_errors += [FieldError("{value}", advice)] if advice else []
    if field_errors:
        raise InvalidRequest(
            "See `errors` for each part of the path and what would be right there.", tuple(field_errors)
        )
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
