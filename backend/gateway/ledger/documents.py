"""
A verdict as MongoDB keeps it, collection `transactions`. Amounts are Decimal128, times are dates in UTC.

    _id                               of which run of a gateway it is, and its number there, see records/positions.py;
                                      older records have an ObjectId of the driver's
    account                           whose it is: records/account.py
    transaction_id, digest            which of the account's it is, and the SHA-256 of the request that was answered
    created_at, event_time            when it was decided; when it happened at the merchant
    user_id, merchant_id, amount, currency, request
    verdict { decision, is_fraud, scored, risk_score, risk_level, reasons[], decision_source, fallback,
              circuit_state, model, degraded[], latency_ms, trace_id,
              budget { name, model_decision, probability } or null
                                      what changed a decision of the model, see policy.py; the probability of what was
                                      let through, else none
              thresholds { review, block } or null
                                      in force then; later scores of this payment are ruled by them. Records from
                                      before there were budgets have neither
              unusable[]              what of the request was sent in vain; not there where that is nothing
              shadow { model, risk_score, risk_level, decision } or null }
                                      what a second model would have decided; records from before it have none
    amendments[]                      later findings; the verdict itself is never rewritten
    seal, salt                        what it was when it was written: seals.py; older records have none
    chain_pending                     present on what was amended until a sweep has chained it; on older records
                                      from the beginning
    amount_reference_minor            the amount in hundredths of the reference currency; null without a rate. Records
                                      with a seal before version 3 have it as exposed_minor
    needs_rescore                     present until a verdict that was blind or degraded is scored: see rescoring
    review                            present on what waits for a person, or has waited: see features/reviews/store.py
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions

from gateway.domain import (
    BlindReason,
    Decision,
    DecisionSource,
    Fallback,
    Listed,
    ListName,
    Reason,
    RecordedVerdict,
    RiskLevel,
    Ruling,
    Score,
    ShadowScore,
    Thresholds,
    Transaction,
    Verdict,
)
from gateway.ledger.amendments import to_amendment, to_budget
from records.amounts import to_money

AWARE: CodecOptions[Mapping[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
_LISTS = {Listed(name, "").reason.code: name for name in ListName}


def to_thresholds(stored: Mapping[str, float] | None) -> Thresholds | None:
    """Of `verdict.thresholds`."""
    return None if stored is None else Thresholds(stored["review"], stored["block"])


def to_recorded(document: Mapping[str, Any]) -> RecordedVerdict:
    """The verdict that a stored document holds."""
    stored = document["verdict"]
    verdict = Verdict(
        transaction_id=document["transaction_id"],
        ruling=_to_ruling(stored),
        circuit_state=stored["circuit_state"],
        latency_ms=stored["latency_ms"],
        created_at=document["created_at"],
        trace_id=stored["trace_id"],
        thresholds=to_thresholds(stored.get("thresholds")),
        unusable=tuple(stored.get("unusable", ())),
    )
    return RecordedVerdict(
        verdict=verdict,
        digest=bytes(document["digest"]),
        replayed=True,
        amendments=tuple(to_amendment(stored) for stored in document["amendments"]),
    )


def _to_ruling(stored: Mapping[str, Any]) -> Ruling:
    score = fallback = None
    listed, reasons = _to_reasons(stored["reasons"])
    if stored["scored"]:
        score = Score(
            risk_score=stored["risk_score"],
            risk_level=RiskLevel(stored["risk_level"]),
            reasons=reasons,
            model_name=stored["model"]["name"],
            model_version=stored["model"]["version"],
            degraded=tuple(stored["degraded"]),
            shadow=_to_shadow(stored.get("shadow")),
        )
    if stored["fallback"]:
        fallback = Fallback(BlindReason(stored["fallback"]["reason_code"]), stored["fallback"]["policy"])
    return Ruling(
        Decision(stored["decision"]),
        DecisionSource(stored["decision_source"]),
        score=score,
        fallback=fallback,
        listed=listed,
        budget=to_budget(stored.get("budget")),
    )


def _to_reasons(stored: Sequence[Mapping[str, Any]]) -> tuple[Listed | None, tuple[Reason, ...]]:
    """The list's word, which stands first, and the reasons of the score."""
    reasons = tuple(Reason(r["code"], r["message"], r["contribution"]) for r in stored)
    if reasons and (name := _LISTS.get(reasons[0].code)) is not None:
        return Listed(name, reasons[0].message), reasons[1:]
    return None, reasons


def _to_shadow(stored: Mapping[str, Any] | None) -> ShadowScore | None:
    if stored is None:
        return None
    return ShadowScore(
        risk_score=stored["risk_score"],
        risk_level=RiskLevel(stored["risk_level"]),
        model_name=stored["model"]["name"],
        model_version=stored["model"]["version"],
    )


def to_transaction(document: Mapping[str, Any]) -> Transaction:
    """The transaction that a stored document answered."""
    event_time: datetime = document["event_time"]
    return Transaction(
        transaction_id=document["transaction_id"],
        money=to_money(document["amount"], document["currency"]),
        user_id=document["user_id"],
        merchant_id=document["merchant_id"],
        event_time=event_time,
        request=document["request"],
        digest=bytes(document["digest"]),
    )
