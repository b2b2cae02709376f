"""Records as older gateways sealed them: with a hash of each field, and a flag until a chain has them."""

import os
from typing import Any

import bson

from audit.old_seals import ERASABLE, FIELDS, SALT_BYTES, VERSION, hash_of
from gateway.ledger.documents import AWARE
from gateway.ledger.seals import EncodedRecord, elements


def old_record(record: EncodedRecord) -> dict[str, Any]:
    """The same record, sealed by version 1."""
    bare = dict(bson.decode(record.raw, AWARE))
    del bare["seal"], bare["salt"]
    found = elements(bson.encode(bare))
    salts = {name: os.urandom(SALT_BYTES) for name in ERASABLE}
    hashes = b"".join(hash_of(name, found.get(name.encode()), salts.get(name, b"")) for name in FIELDS)
    return bare | {"chain_pending": True, "seal": {"v": VERSION, "salts": salts, "hashes": hashes}}
