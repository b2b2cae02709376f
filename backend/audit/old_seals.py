"""
Seals of version 1, on older records: a hash of each field. Nothing makes them any more.

    seal.v        1
    seal.salts    16 random bytes for each field that may have to be erased one day
    seal.hashes   of each field, in the order of FIELDS, the first 16 bytes of SHA-256(salt, the field as BSON: kind,
                  name, value); no salt for what is never erased: that stands beside its hash in plain

    leaf          SHA-256(0x00, seal.hashes)
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

VERSION = 1
SALT_BYTES = HASH_BYTES = 16
ERASABLE = ("digest", "merchant_id", "request", "user_id")
FIELDS = (
    "amount", "created_at", "currency", "digest", "event_time", "exposed_minor", "merchant_id", "request",
    "transaction_id", "user_id", "verdict",
)  # fmt: skip


def compare(
    found: Mapping[bytes, bytes], seal: Mapping[str, Any], placeholders: Mapping[str, bytes]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Hold a record's elements against its seal.

    Args:
        placeholders: What stands in the place of an erased field.

    Returns:
        The fields that were changed, and those that were erased.

    Raises:
        ValueError: the seal has another length.
    """
    salts, hashes = seal["salts"], bytes(seal["hashes"])
    if len(hashes) != HASH_BYTES * len(FIELDS):
        raise ValueError("its seal is of a version that is not known here")
    changed, erased = [], []
    for n, name in enumerate(FIELDS):
        element, salt = found.get(name.encode()), salts.get(name)
        if name in ERASABLE and salt is None and element in (None, placeholders[name]):
            erased.append(name)
        elif hash_of(name, element, salt or b"") != hashes[n * HASH_BYTES : (n + 1) * HASH_BYTES]:
            changed.append(name)
    return tuple(changed), tuple(erased)


def hash_of(name: str, element: bytes | None, salt: bytes = b"") -> bytes:
    """The hash of one field; element: None where the record has no such field."""
    return sha256(salt + (element or name.encode())).digest()[:HASH_BYTES]
