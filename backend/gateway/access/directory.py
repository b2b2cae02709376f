"""The keys that this gateway knows, in memory: those of its key file, and those that all gateways share."""

import ipaddress
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.access.address import Address, Network, is_in
from gateway.access.keys import ApiKey
from gateway.access.principal import Principal
from gateway.access.records import Record
from gateway.access.scopes import implied_by


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key, in the form in which requests are held against it."""

    principal: Principal
    networks: tuple[Network, ...]
    ends_at_s: float  # since the epoch: when it expires, or was revoked; infinity: never

    @classmethod
    def of(cls, key: ApiKey) -> "KnownKey":
        """Prepare it: scopes with what they imply, networks as such."""
        ends = [at.timestamp() for at in (key.expires_at, key.revoked_at) if at is not None]
        return cls(
            Principal("key", key.id, f"key {key.client}", implied_by(key.scopes), expires_at=key.expires_at),
            tuple(ipaddress.ip_network(network) for network in key.networks),
            min(ends, default=math.inf),
        )

    def is_allowed_from(self, address: Address | None) -> bool:
        """Whether it may be used from this address. None is nowhere."""
        return not self.networks or (address is not None and is_in(address, self.networks))


class KeyDirectory:
    """
    Finds a key by its public id and the hash of its secret, both together.

    So a wrong secret and an unknown id are one and the same miss: their times cannot differ. The time of a look-up
    tells nothing of a secret, for nobody can choose what its hash is like. Those of the file go first: they hold
    without a ledger.
    """

    def __init__(self) -> None:
        self._of_file: Mapping[bytes, KnownKey] = {}
        self._shared: dict[bytes, KnownKey] = {}
        self._places: dict[str, bytes] = {}  # of the shared ones, by public id

    def find(self, public_id: str, secret_sha256: bytes) -> KnownKey | None:
        """Return the key with this id and this secret, also when it has ended."""
        place = _place(public_id, secret_sha256)
        return self._of_file.get(place) or self._shared.get(place)

    def take_file(self, keys: Iterable[ApiKey]) -> None:
        """Replace those of the key file."""
        self._of_file = {_place(key.id, key.secret_sha256): KnownKey.of(key) for key in keys}

    def put(self, record: Record) -> None:
        """Take up what all gateways know of a key."""
        if isinstance(record, ApiKey):
            self.remove(record.key)
            self._places[record.id] = place = _place(record.id, record.secret_sha256)
            self._shared[place] = KnownKey.of(record)

    def remove(self, key: str) -> None:
        """Forget a key of all gateways."""
        kind, _, public_id = key.partition(":")
        place = self._places.pop(public_id, None) if kind == ApiKey.kind else None
        if place is not None:
            del self._shared[place]


def _place(public_id: str, secret_sha256: bytes) -> bytes:
    return public_id.encode("ascii") + secret_sha256
