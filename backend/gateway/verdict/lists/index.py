"""
Lists in memory: whether a transaction is on one. A dictionary for each kind, so it costs the same for 10 entries as
for 100,000; networks are looked up once for each length of prefix that is in use.
"""

import bisect
from collections.abc import Sequence
from datetime import datetime

from gateway.domain import Listed, ListEntry, ListKind, ListName, Transaction
from gateway.values.addresses import to_address, to_network

_BITS = {4: 32, 6: 128}


def to_key(name: ListName, kind: ListKind, value: str) -> str:
    """What an entry is known by, here and in the ledger. Text, because the hash of a tuple of enums costs 1 us."""
    return f"{name}:{kind}:{value}"


def key_of(entry: ListEntry) -> str:
    """The same of an entry."""
    return to_key(entry.name, entry.kind, entry.value)


class ListIndex:
    """For one event loop: nothing here awaits, so nothing needs a lock."""

    def __init__(self) -> None:
        self._entries: dict[str, ListEntry] = {}
        # by list, then by IP version and length of prefix, then by the prefix itself
        self._networks: dict[ListName, dict[tuple[int, int], dict[int, ListEntry]]] = {name: {} for name in ListName}
        self._sorted: list[str] | None = None

    def __len__(self) -> int:
        """How many entries."""
        return len(self._entries)

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

    def find(self, transaction: Transaction, now: datetime) -> Listed | None:
        """The entry that decides: deny before allow. Some microseconds."""
        if not self._entries:
            return None
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
