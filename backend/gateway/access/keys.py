"""
An API key: `sentinel_<public id>_<secret>`, of 12 of 0-9a-z and 43 of 0-9A-Za-z.

The secret has 256 random bits, so one SHA-256 of it is as safe as any slow hash of a password, and costs no verdict its
time. Whoever reads the ledger or the snapshot learns no key. All that are known are in memory (KeyDirectory).
"""

import hashlib
import ipaddress
import math
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.access.address import Address, Network, is_in
from gateway.access.principal import Principal
from gateway.access.records import Record
from gateway.access.scopes import Scope, implied_by

_ID_CHARS, _ID_LENGTH = string.digits + string.ascii_lowercase, 12
_SECRET_CHARS, _SECRET_LENGTH = string.digits + string.ascii_letters, 43  # 43 * log2(62) = 256 bits
_FORM = re.compile(r"sentinel_([0-9a-z]{12})_([0-9A-Za-z]{43})")


class ApiKey(Record, frozen=True, kw_only=True):
    """
    What is known of a key, on every gateway. Times are UTC, to the millisecond.

    Attributes:
        id: Public; part of the key.
        client: Who has it; for rotation two may have the same.
        scopes: As they were given; `admin` implies the others.
        secret_sha256: 32 bytes.
        networks: In CIDR form, where it may be used; empty: everywhere.
    """

    kind = "key"

    client: str
    scopes: tuple[Scope, ...]
    secret_sha256: bytes
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


def new_key() -> tuple[str, str]:
    """Make a key: its public id, and the whole of it, which is shown once."""
    public_id = "".join(secrets.choice(_ID_CHARS) for _ in range(_ID_LENGTH))
    secret = "".join(secrets.choice(_SECRET_CHARS) for _ in range(_SECRET_LENGTH))
    return public_id, f"sentinel_{public_id}_{secret}"


def split_key(text: str) -> tuple[str, str] | None:
    """Split a key into its public id and its secret; None for what has not the form of one."""
    found = _FORM.fullmatch(text)
    return None if found is None else (found[1], found[2])


def hash_secret(secret: str) -> bytes:
    """Hash what stands behind the public id: what is kept of it."""
    return hashlib.sha256(secret.encode("ascii")).digest()


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
