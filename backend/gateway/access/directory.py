"""The keys that this gateway knows, in memory: those of its key file, and those that all gateways share."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.access.keys import ApiKey
from gateway.access.principal import Principal
from gateway.access.records import Record
from gateway.access.scopes import implied_by

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key, in the form in which requests are held against it."""

    secret_sha256: bytes
    principal: Principal
    networks: tuple[Network, ...]
    ends_at_s: float | None  # since the epoch: when it expires, or was revoked

    @classmethod
    def of(cls, key: ApiKey) -> "KnownKey":
        """Prepare it: scopes with what they imply, networks as such."""
        ends = [at.timestamp() for at in (key.expires_at, key.revoked_at) if at is not None]
        return cls(
            key.secret_sha256,
            Principal("key", key.id, f"key {key.client}", implied_by(key.scopes), expires_at=key.expires_at),
            tuple(ipaddress.ip_network(network) for network in key.networks),
            min(ends) if ends else None,
        )

    def is_allowed_from(self, host: str) -> bool:
        """Whether it may be used from this address."""
        if not self.networks:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.networks)


class KeyDirectory:
    """Finds a key by its public id. Those of the file go first: they hold without a ledger."""

    def __init__(self) -> None:
        self._of_file: Mapping[str, KnownKey] = {}
        self._shared: dict[str, KnownKey] = {}

    def find(self, public_id: str) -> KnownKey | None:
        """Return the key with this id, whether or not it is good."""
        return self._of_file.get(public_id) or self._shared.get(public_id)

    def take_file(self, keys: Iterable[ApiKey]) -> None:
        """Replace those of the key file."""
        self._of_file = {key.id: KnownKey.of(key) for key in keys}

    def put(self, record: Record) -> None:
        """Take up what all gateways know of a key."""
        if isinstance(record, ApiKey):
            self._shared[record.id] = KnownKey.of(record)

    def remove(self, key: str) -> None:
        """Forget a key of all gateways."""
        kind, _, public_id = key.partition(":")
        if kind == ApiKey.kind:
            self._shared.pop(public_id, None)
