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
from gateway.ledger.documents import AWARE
from gateway.ledger.encoding import EncodedRecord, SentRecord, to_document
from gateway.ledger.run import Run
from gateway.ledger.seals import seal_amendment
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide
from records.positions import position_bytes

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
    position: bytes | None = None,
    **changes: Any,
) -> SentRecord:
    """Of `REQUEST` under this id, with these fields changed."""
    request = REQUEST | {"transaction_id": transaction_id} | changes
    return record_of(request, created_at=created_at, position=position)


def record_of(
    request: Mapping[str, Any],
    *,
    is_blind: bool = False,
    created_at: datetime = LONG_AGO,
    position: bytes | None = None,
) -> SentRecord:
    """What goes to the ledger of a request."""
    return sent(encoded_of(request, is_blind=is_blind, created_at=created_at), position)


def encoded_of(request: Mapping[str, Any], *, is_blind: bool = False, created_at: datetime = LONG_AGO) -> EncodedRecord:
    """The same before it has a number."""
    transaction = to_transaction(dict(request))
    ruling = decide_blind(BlindReason.SCORER_TIMEOUT) if is_blind else decide(SCORE)
    verdict = Verdict(transaction.transaction_id, ruling, "closed", 1.5, created_at, "0" * 32)
    return to_document(transaction, verdict)


def sent(record: EncodedRecord, position: bytes | None = None) -> SentRecord:
    """As it goes to MongoDB; without a position under an `_id` of the driver's, like those of older gateways."""
    return record.at(ObjectId().binary if position is None else position)


def next_position(run: Run) -> bytes:
    """Of the next record that a run sends."""
    (number,) = run.take(1)
    return position_bytes(run.name, number)


def changed(name: str, value: Any) -> bytes:
    """A record with another value in one field."""
    return bson.encode({**bson.decode(a_record().raw, AWARE), name: value})


def without_flags(sealed: SentRecord) -> dict[str, Any]:
    """As it stands when it is chained."""
    return dict(bson.decode(sealed.raw, AWARE))


def leaf_of_record(record: SentRecord) -> bytes:
    """What a chain has of one that was just encoded."""
    assert record.leaf is not None
    return record.leaf


def an_amendment() -> dict[str, Any]:
    """A flip to review, as it would be pushed."""
    found = Amendment(LONG_AGO, "SCORER_TIMEOUT", Decision.APPROVE, Decision.REVIEW, SCORE)
    document = amendment_to_document(found)
    return document | {"seal": seal_amendment(document)}
