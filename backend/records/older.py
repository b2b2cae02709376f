"""Records as older versions wrote them: without an account, and with fields under other names."""

import bson

from records.account import ACCOUNT

RENAMED = {
    "debt": "needs_rescore",
    "debt_reason": "rescore_reason",
    "debt_lease": "rescore_lease",
    "debt_attempts": "rescore_attempts",
    "debt_degraded": "rescore_degraded",
    "debt_retry_at": "rescore_retry_at",
    "debt_closed": "rescore_closed",
    "review.at_stake_minor": "review.amount_reference_minor",
}


def renewed(encoded: bytes) -> bytes:
    """The same record as this version writes it; what is sealed keeps its names. For one that waited in a journal."""
    record = bson.decode(encoded)
    if "account" in record:
        return encoded
    for path, new in RENAMED.items():
        *parents, old = path.split(".")
        holder = record.get(parents[0], {}) if parents else record
        if old in holder:
            holder[new.rpartition(".")[2]] = holder.pop(old)
    return bson.encode(record | {"account": ACCOUNT})
