"""Records as they go to the ledger, sealed, and what somebody may make of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import bson
from bson.objectid import ObjectId

from gateway.domain import Amendment, BlindReason, Decision, Reason, RiskLevel, Score, Verdict
from gateway.fallback.policy import decide_blind
from gateway.ledger.amendments import amendment_to_document
from gateway.ledger.documents import AWARE, to_document
from gateway.ledger.seals import EncodedRecord, seal_amendment
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide

LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)  # nothing of then is too young to be judged
SCORE = Score(0.25, RiskLevel.HIGH, (Reason("AMOUNT", "large", 0.5),), "gbdt", "1", ("history",))
REQUEST: dict[str, Any] = {
    "transaction_id": "txn_7",
    "amount": Decimal("12.50"),
    "currency": "USD",
    "user_id": "user_1",
    "merchant_id": "shop_1",
    "device": {"ip": "10.0.0.1"},
    "metadata": {"n": 7, "large": 2**40},
}


def a_record(
    transaction_id: str = "txn_7",
    created_at: datetime = LONG_AGO,
    position: ObjectId | None = None,
    **changes: Any,
) -> EncodedRecord:
    """Of `REQUEST` under this id, with these fields changed."""
    request = REQUEST | {"transaction_id": transaction_id} | changes
    return record_of(request, created_at=created_at, position=position)


def record_of(
    request: Mapping[str, Any],
    *,
    is_blind: bool = False,
    created_at: datetime = LONG_AGO,
    position: ObjectId | None = None,
) -> EncodedRecord:
    """What goes to the ledger of a request."""
    transaction = to_transaction(dict(request))
    ruling = decide_blind(BlindReason.SCORER_TIMEOUT) if is_blind else decide(SCORE)
    verdict = Verdict(transaction.transaction_id, ruling, "closed", 1.5, created_at, "0" * 32)
    return to_document(transaction, verdict, position=position)


def changed(name: str, value: Any) -> bytes:
    """A record with another value in one field."""
    return bson.encode({**bson.decode(a_record().raw, AWARE), name: value})


def without_flags(sealed: EncodedRecord) -> dict[str, Any]:
    """As it stands when it is chained and told."""
    document = dict(bson.decode(sealed.raw, AWARE))
    del document["observe_pending"]
    return document


def leaf_of_record(record: EncodedRecord) -> bytes:
    """What a chain has of one that was just encoded."""
    assert record.leaf is not None
    return record.leaf


def an_amendment() -> dict[str, Any]:
    """A flip to review, as it would be pushed."""
    found = Amendment(LONG_AGO, "SCORER_TIMEOUT", Decision.APPROVE, Decision.REVIEW, SCORE)
    document = amendment_to_document(found)
    return document | {"seal": seal_amendment(document)}
