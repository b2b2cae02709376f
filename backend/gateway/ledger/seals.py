"""
Seals: what a record was when it was written down, without what it says of a person.

    seal.v        1: which fields, by the names below
    seal.salts    16 random bytes for each field that may have to be erased one day
    seal.hashes   of each field, in the order of FIELDS, the first 16 bytes of SHA-256(salt, the field as BSON: kind,
                  name, value); no salt for what is never erased: that stands beside its hash in plain

    leaf          SHA-256(0x00, seal.hashes): what a chain commits to

Erasing a person's data takes the value and its salt away. The hash stays, and so does the leaf; without the salt it
says nothing of the value, also not to somebody who tries all users.

An amendment is about a model and never about a person: its leaf is SHA-256(0x01, the amendment as BSON).
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from gateway.ledger.bson_fields import elements

VERSION = 1
SALT_BYTES = HASH_BYTES = 16
# The digest is of the request, unsalted, for it has to be compared: guesses at a user could be tried on it.
ERASABLE = ("digest", "merchant_id", "request", "user_id")
FIELDS = (
    "amount", "created_at", "currency", "digest", "event_time", "exposed_minor", "merchant_id", "request",
    "transaction_id", "user_id", "verdict",
)  # fmt: skip

# each name, and where its salt is among the salts
_PLAN = [(f.encode(), ERASABLE.index(f) * SALT_BYTES if f in ERASABLE else None) for f in FIELDS]


class SealedDocument(RawBSONDocument):
    """
    An encoded record with its seal.

    Attributes:
        transaction_id, digest, leaf: What memory and chain say of it; here so that nobody has to decode it for that.
    """

    __slots__ = ("digest", "leaf", "transaction_id")

    def __init__(self, encoded: bytes, *, transaction_id: str, digest: bytes, leaf: bytes) -> None:
        super().__init__(encoded)
        self.digest = digest
        self.transaction_id = transaction_id
        self.leaf = leaf


def seal(encoded: bytes, *, transaction_id: str, digest: bytes) -> SealedDocument:
    """Add the seal to an encoded record: 16 us of the 32 that a record takes to be made."""
    found = elements(encoded).get
    salts = os.urandom(SALT_BYTES * len(ERASABLE))
    # a name stands for a field that is not there: no element begins with a letter
    hashes = b"".join(
        [
            sha256(found(n, n) if at is None else salts[at : at + SALT_BYTES] + found(n, n)).digest()[:HASH_BYTES]
            for n, at in _PLAN
        ]
    )
    kept = {name: salts[n * SALT_BYTES : (n + 1) * SALT_BYTES] for n, name in enumerate(ERASABLE)}
    added = bson.encode({"seal": {"v": VERSION, "salts": kept, "hashes": hashes}})
    size = len(encoded) + len(added) - 5  # one length and one end less
    whole = size.to_bytes(4, "little") + encoded[4:-1] + added[4:]
    return SealedDocument(whole, transaction_id=transaction_id, digest=digest, leaf=leaf_of(hashes))


def leaf_of(hashes: bytes) -> bytes:
    """What a chain commits to, from `seal.hashes`."""
    return sha256(b"\x00" + hashes).digest()


def hash_of(name: str, element: bytes | None, salt: bytes = b"") -> bytes:
    """The hash of one field; element: None where the record has no such field."""
    return sha256(salt + (element or name.encode())).digest()[:HASH_BYTES]


def seal_amendment(document: Mapping[str, Any]) -> dict[str, Any]:
    """
    The seal of an amendment, to be kept in it as `seal`.

    Args:
        document: From `amendment_to_document`; a `seal` that it has already is not part of it.
    """
    bare = {name: value for name, value in document.items() if name != "seal"}
    return {"leaf": sha256(b"\x01" + bson.encode(bare)).digest()}
