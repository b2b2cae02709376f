"""
Encodes a record as ledger/documents.py describes it: once, when it is decided. It is numbered each time it is sent.

What a lone verdict does not have for itself is encoded once for all that share it.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument

from gateway import decisions
from gateway.domain import (
    Budget,
    Decision,
    DecisionSource,
    Fallback,
    RiskLevel,
    ShadowScore,
    Thresholds,
    Transaction,
    Verdict,
)
from gateway.ledger.amendments import budget_to_document
from gateway.ledger.seals import encode_sealed, field_of, fields_of, leaf_of_fields, readable_leaf
from gateway.review import ReviewReason, new_review
from money.currencies import to_reference_minor
from records.account import ACCOUNT
from records.amounts import to_decimal128
from records.older import renewed

# every record begins with its length, the kind and name of `_id`, and the 12 bytes of that
_FIELDS_FROM, _ID_FROM, _ID_UNTIL = 4, 9, 21
_NO_POSITION = ObjectId(bytes(12))
_NOTHING_OWED = fields_of({"amendments": []})
_SCORE_OWED = fields_of({"needs_rescore": True})


class EncodedRecord:
    """
    A record, and what has to be known of it without decoding.

    Attributes:
        raw: As BSON. Its `_id` says nothing: see `at`.

    Args:
        sealed_until: Where the sealed fields end; None of one from a disk: then it is looked up.
    """

    __slots__ = ("_sealed_until", "digest", "raw", "transaction_id")

    def __init__(self, raw: bytes, *, transaction_id: str, digest: bytes, sealed_until: int | None = None) -> None:
        self.raw = raw
        self.digest = digest
        self.transaction_id = transaction_id
        self._sealed_until = sealed_until

    def at(self, position: bytes) -> "SentRecord":
        """
        As it is sent under this `_id`, the 12 bytes of a position.

        A record without a seal keeps the `_id` that it has: nothing else tells it from others.
        """
        if self._sealed_until is not None:
            sent = _numbered(self.raw, position)
            return SentRecord(sent, leaf_of_fields(sent[_FIELDS_FROM : self._sealed_until]))
        kept = renewed(self.raw)
        sent = _numbered(kept, position)
        leaf = readable_leaf(sent)
        return SentRecord(sent if leaf is not None else kept, leaf)


class SentRecord(RawBSONDocument):
    """
    A record as it goes to MongoDB.

    Attributes:
        leaf: What the chain says of it; None of one without a seal.
    """

    __slots__ = ("leaf",)

    def __init__(self, encoded: bytes, leaf: bytes | None) -> None:
        super().__init__(encoded)
        self.leaf = leaf


def to_document(
    transaction: Transaction,
    verdict: Verdict,
    rates: Mapping[str, Decimal] = MappingProxyType({}),
) -> EncodedRecord:
    """
    Encode once, here, so that a document which cannot be encoded fails alone and not its whole batch.

    Args:
        rates: Reference currency units for one unit of each currency.
    """
    money = transaction.money
    amount_reference_minor = to_reference_minor(money.minor_units, money.currency, rates)
    encoded, sealed_until = encode_sealed(
        # in the order of SEALED and PERSONAL in seals.py
        fields_of(
            {
                "_id": _NO_POSITION,
                "account": ACCOUNT,
                "transaction_id": transaction.transaction_id,
                "created_at": verdict.created_at,
                "event_time": transaction.event_time,
                "merchant_id": transaction.merchant_id,
                "amount": to_decimal128(money),
                "currency": money.currency,
                "amount_reference_minor": amount_reference_minor,
            }
        )
        + field_of(b"verdict", _verdict_fields(verdict)),
        {"digest": transaction.digest, "user_id": transaction.user_id, "request": dict(transaction.request)},
        _to_be_done(verdict, amount_reference_minor),
    )
    return EncodedRecord(
        encoded,
        transaction_id=transaction.transaction_id,
        digest=transaction.digest,
        sealed_until=sealed_until,
    )


def _verdict_fields(verdict: Verdict) -> bytes:
    ruling = verdict.ruling
    score = ruling.score
    own: dict[str, Any] = {
        "risk_score": score.risk_score if score else None,
        "reasons": [{"code": r.code, "message": r.message, "contribution": r.contribution} for r in ruling.reasons],
        "shadow": _shadow_to_document(score.shadow) if score and score.shadow else None,
        "latency_ms": verdict.latency_ms,
        "trace_id": verdict.trace_id,
    }
    if verdict.unusable:
        own["unusable"] = list(verdict.unusable)
    shared = _Shared(
        ruling.decision,
        ruling.source,
        score.risk_level if score else RiskLevel.UNKNOWN,
        (score.model_name, score.model_version) if score else None,
        score.degraded if score else (),
        ruling.fallback,
        ruling.budget,
        verdict.circuit_state,
        verdict.thresholds,
    )
    return _shared_fields(shared) + fields_of(own)


class _Shared(NamedTuple):
    """What thousands of verdicts have in common."""

    decision: Decision
    source: DecisionSource
    risk_level: RiskLevel
    model: tuple[str, str] | None
    degraded: tuple[str, ...]
    fallback: Fallback | None
    budget: Budget | None
    circuit_state: str
    thresholds: Thresholds | None


@lru_cache(maxsize=512)  # of one model, and of thresholds that follow the traffic, few are in use at a time
def _shared_fields(shared: _Shared) -> bytes:
    fallback, model, above = shared.fallback, shared.model, shared.thresholds
    return fields_of(
        {
            "decision": shared.decision.value,
            "is_fraud": shared.decision is Decision.BLOCK,
            "scored": model is not None,
            "risk_level": shared.risk_level.value,
            "decision_source": shared.source.value,
            "fallback": {"reason_code": fallback.reason_code.value, "policy": fallback.policy} if fallback else None,
            "budget": budget_to_document(shared.budget),
            "model": {"name": model[0], "version": model[1]} if model else None,
            "degraded": list(shared.degraded),
            "circuit_state": str(shared.circuit_state),  # as BSON it is text, and no state
            # as kinds of number: 1 and 1.0 are one key here, and not one value in BSON
            "thresholds": {"review": float(above.review), "block": float(above.block)} if above else None,
        }
    )


def _to_be_done(verdict: Verdict, amount_reference_minor: int | None) -> bytes:
    """What may change later, as BSON: with what is owed for this verdict, a score and a look by a person."""
    ruling = verdict.ruling
    owed = _NOTHING_OWED
    if ruling.score is None or ruling.score.degraded:
        owed += _SCORE_OWED
    if ruling.decision is Decision.REVIEW:
        review = new_review(
            ReviewReason.VERDICT, since=verdict.created_at, amount_reference_minor=amount_reference_minor
        )
        owed += fields_of({"review": review})
    return owed


def _shadow_to_document(shadow: ShadowScore) -> dict[str, Any]:
    return {
        "model": {"name": shadow.model_name, "version": shadow.model_version},
        "risk_score": shadow.risk_score,
        "risk_level": shadow.risk_level.value,
        # by its own level, before any budget; as policy was then: what it makes of a level one day is another question
        "decision": decisions.OF_LEVEL[shadow.risk_level].value,
    }


def _numbered(encoded: bytes, position: bytes) -> bytes:
    return encoded[:_ID_FROM] + position + encoded[_ID_UNTIL:]
