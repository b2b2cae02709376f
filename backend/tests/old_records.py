"""Records as older gateways sealed them: without an account, and with the amount under an older name."""

import os
from hashlib import sha256
from typing import Any

import bson

from audit.old_seals import ERASABLE, FIELDS, SALT_BYTES, VERSION, hash_of
from gateway.ledger.documents import AWARE
from gateway.ledger.encoding import SentRecord
from gateway.ledger.seals import PERSONAL, SEALED_BY_VERSION, elements
from records.older import RENAMED

_SEALED = SEALED_BY_VERSION[2]
_OLDER = {new: old for old, new in RENAMED.items()}


def record_of_version_2(record: SentRecord) -> tuple[dict[str, Any], bytes]:
    """The same record, sealed by version 2; and its leaf, from the encoding of that time."""
    bare = _bare(record) | {"salt": os.urandom(SALT_BYTES)}
    secret = bson.encode({name: bare[name] for name in PERSONAL})[4:-1]
    public = {name: bare[name] for name in _SEALED if name != "seal"}
    public |= {"seal": {"v": 2, "personal": sha256(secret).digest()}}
    return bare | public, sha256(b"\x02" + bson.encode(public)[4:-1]).digest()


def old_record(record: SentRecord) -> dict[str, Any]:
    """The same record, sealed by version 1: with a hash of each field, and a flag until a chain has it."""
    bare = _bare(record)
    found = elements(bson.encode(bare))
    salts = {name: os.urandom(SALT_BYTES) for name in ERASABLE}
    hashes = b"".join(hash_of(name, found.get(name.encode()), salts.get(name, b"")) for name in FIELDS)
    return bare | {"chain_pending": True, "seal": {"v": VERSION, "salts": salts, "hashes": hashes}}


def _bare(record: SentRecord) -> dict[str, Any]:
    """Without a seal, and with no name that came later."""
    bare = dict(bson.decode(record.raw, AWARE))
    del bare["seal"], bare["salt"], bare["account"]
    bare["exposed_minor"] = bare.pop("amount_reference_minor")
    if "review" in bare:
        bare["review"]["at_stake_minor"] = bare["review"].pop("amount_reference_minor")
    return {_OLDER.get(name, name): value for name, value in bare.items()}
