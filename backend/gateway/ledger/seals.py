"""
Seals: what a record was when it was written down, and how a person can be taken out of it without breaking that.

    seal.v          3
    seal.personal   SHA-256(the fields PERSONAL, as BSON: kind, name, value)

    leaf            SHA-256(0x02, the fields SEALED, as BSON): what a chain commits to

`salt` is 16 random bytes. Erasing a person takes it away together with the values beside it. `seal.personal` stays, and
so does the leaf; without the salt it says nothing of the person, also not to somebody who tries all users.

Both hashes are of bytes that are written anyway: MongoDB keeps a field's bytes as it got them, kinds of number, order
of keys and all. So they are canonical by themselves, and nothing that is equal in one language differs in another.
Version 2 covers no account, which records of that time were given later, and has the amount under its older name.
Version 1, a hash for each field, is in audit/old_seals.py.

An amendment is about a model and never about a person: its leaf is SHA-256(0x01, the amendment as BSON).
"""

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from struct import Struct
from typing import Any

import bson
from bson.errors import BSONError

# bytes of a value, by kind: double, object id, bool, date, null, int32, timestamp, int64, decimal
_FIXED = {0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16}
# what comes on top of the length that stands in front: string, document, array, binary
_COUNTED = {0x02: 4, 0x03: 0, 0x04: 0, 0x05: 5}
_length = Struct("<i").unpack_from
VERSION = 3
SALT_BYTES = 16
# The digest is of the request, unsalted, for it has to be compared: guesses at a user could be tried on it.
PERSONAL = ("salt", "digest", "user_id", "request")
SEALED = (
    "_id", "account", "transaction_id", "created_at", "event_time", "merchant_id", "amount", "currency",
    "amount_reference_minor", "verdict", "seal",
)  # fmt: skip
SEALED_BY_VERSION = {
    2: (
        "_id", "transaction_id", "created_at", "event_time", "merchant_id", "amount", "currency", "exposed_minor",
        "verdict", "seal",
    ),
    VERSION: SEALED,
}  # fmt: skip
_DOCUMENT = b"\x03"  # the kind of a field
_LENGTH_BYTES = 4  # before the fields of a document; a zero byte ends it
_HASH_BYTES = 32
_SEAL = bson.encode({"seal": {"v": VERSION, "personal": bytes(_HASH_BYTES)}})[_LENGTH_BYTES:-1]
_SEAL_BEGINS, _SEAL_ENDS = _SEAL[: -_HASH_BYTES - 1], _SEAL[-1:]  # the hash stands between


def elements(document: bytes) -> dict[bytes, bytes]:
    """
    Each top-level field by name, as kind, name and value: 5 us for a record.

    Raises:
        ValueError: a kind that no record of ours holds, or bytes that are no document.
    """
    found = {}
    position, end = 4, len(document) - 1
    while position < end:
        kind = document[position]
        value = document.index(0, position + 1) + 1
        size = _FIXED.get(kind)
        if size is None:
            extra = _COUNTED.get(kind)
            if extra is None:
                raise ValueError(f"kind {kind:#04x} is in no record")
            size = _length(document, value)[0] + extra
        after = value + size
        found[document[position + 1 : value - 1]] = document[position:after]
        position = after
    if position != end:
        raise ValueError("it ends in the middle of a field")
    return found


def elements_once(document: bytes) -> dict[bytes, bytes]:
    """
    Likewise, of bytes that somebody else made: no encoder of ours writes a field twice, and MongoDB lets one.

    Raises:
        ValueError: also where a field is there twice.
    """
    found = elements(document)
    if sum(map(len, found.values())) != len(document) - 5:
        raise ValueError("a field is in it twice")
    return found


def encode_sealed(sealed: bytes, personal: Mapping[str, Any], rest: bytes) -> tuple[bytes, int]:
    """
    Encode a record with its seal; the record, and where in it the sealed fields end.

    Args:
        sealed: The fields SEALED, in that order, without the seal; from `fields_of`.
        personal: The fields PERSONAL, in that order, without the salt.
        rest: What may change later, from `fields_of`.
    """
    secret = fields_of({"salt": os.urandom(SALT_BYTES), **personal})
    public = sealed + _SEAL_BEGINS + sha256(secret).digest() + _SEAL_ENDS
    return to_bson(public + secret + rest), _LENGTH_BYTES + len(public)


def fields_of(document: Mapping[str, Any]) -> bytes:
    """The fields of a document as BSON; bytes of several, one after the other, are the fields of one document."""
    return bson.encode(document)[_LENGTH_BYTES:-1]


def field_of(name: bytes, fields: bytes) -> bytes:
    """A field that holds a document, as BSON; of the bytes of that document's fields."""
    return _DOCUMENT + name + b"\x00" + to_bson(fields)


def to_bson(fields: bytes) -> bytes:
    """A document, of the bytes of its fields."""
    return (_LENGTH_BYTES + len(fields) + 1).to_bytes(_LENGTH_BYTES, "little") + fields + b"\x00"


def leaf_of(encoded: bytes) -> bytes | None:
    """
    What a chain commits to of a record as MongoDB has it; None of one from before there were seals.

    Raises:
        ValueError, KeyError, TypeError, BSONError: it is none of ours.
    """
    fields = elements(encoded)
    if b"seal" not in fields:
        return None
    seal = bson.decode(to_bson(fields[b"seal"]))["seal"]
    return sealed_leaf(fields, seal["v"]) if seal["v"] in SEALED_BY_VERSION else old_leaf(bytes(seal["hashes"]))


def readable_leaf(encoded: bytes) -> bytes | None:
    """Likewise; None also of a record that is none of ours."""
    try:
        return leaf_of(encoded)
    except (ValueError, KeyError, TypeError, BSONError):
        return None


def sealed_leaf(fields: Mapping[bytes, bytes], version: int) -> bytes:
    """Of a record with a seal of a version in SEALED_BY_VERSION, from its elements."""
    return leaf_of_fields(_joined(fields, SEALED_BY_VERSION[version]))


def leaf_of_fields(sealed: bytes) -> bytes:
    """Of the sealed fields, in the order of their version."""
    return sha256(b"\x02" + sealed).digest()


def identity_of(document: Mapping[str, Any]) -> bytes:
    """
    What tells this very record from every other, whatever `_id` it was sent with: a hash with random salt in it.

    Args:
        document: With its `seal`; of one that has none the `_id` is all there is.

    Raises:
        KeyError, TypeError: it is none of ours.
    """
    seal = document.get("seal")
    if seal is None:
        return bytes(document["_id"].binary)
    return bytes(seal["personal"] if seal["v"] in SEALED_BY_VERSION else seal["hashes"])


def personal_hash(fields: Mapping[bytes, bytes]) -> bytes:
    """What `seal.personal` has to be, from a record's elements."""
    return sha256(_joined(fields, PERSONAL)).digest()


def old_leaf(hashes: bytes) -> bytes:
    """Of a record with a seal of version 1, from its `seal.hashes`."""
    return sha256(b"\x00" + hashes).digest()


def seal_amendment(document: Mapping[str, Any]) -> dict[str, Any]:
    """
    The seal of an amendment, to be kept in it as `seal`.

    Args:
        document: From `amendment_to_document`; a `seal` that it has already is not part of it.
    """
    bare = {name: value for name, value in document.items() if name != "seal"}
    return {"leaf": sha256(b"\x01" + bson.encode(bare)).digest()}


def _joined(fields: Mapping[bytes, bytes], names: Iterable[str]) -> bytes:
    """Each says its name and where it ends, so no two records give the same bytes."""
    return b"".join([fields.get(name.encode(), b"") for name in names])
