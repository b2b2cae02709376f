"""
An API key: `sentinel_<public id>_<secret>`, of 12 of 0-9a-z and 43 of 0-9A-Za-z.

The secret has 256 random bits, so one SHA-256 of it is as safe as any slow hash of a password, and costs no verdict its
time. Whoever reads the ledger or the snapshot learns no key.
"""

import hashlib
import re
import secrets
import string
from datetime import datetime

from gateway.access.records import Record
from gateway.access.scopes import Scope

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
