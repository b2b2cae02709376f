"""A reply is rendered from what was decided, a retry's from what stands in the ledger: the two are the same bytes."""

from datetime import UTC, datetime
from decimal import Decimal

import bson
import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.domain import (
    BlindReason,
    Budget,
    BudgetName,
    Decision,
    DecisionSource,
    Fallback,
    Limits,
    Listed,
    ListName,
    Reason,
    RecordedVerdict,
    RiskLevel,
    Ruling,
    Score,
    ShadowScore,
    Thresholds,
    Unusable,
    Verdict,
)
from gateway.ledger.documents import AWARE, to_recorded
from gateway.ledger.encoding import to_document
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.rendering import to_reply

TRANSACTION = to_transaction({"transaction_id": "t1", "amount": Decimal("12.50"), "currency": "USD", "user_id": "u"})

share = st.floats(0, 1)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
levels = st.sampled_from([level for level in RiskLevel if level is not RiskLevel.UNKNOWN])
listed = st.builds(Listed, st.sampled_from(ListName), text)
budgets = st.builds(Budget, st.sampled_from(BudgetName), st.sampled_from([Decision.REVIEW, Decision.BLOCK]))
# a score has no reason of a list's own name: the brain does not know of lists
codes = text.filter(lambda code: code not in {Listed(name, "").reason.code for name in ListName})
reasons = st.builds(Reason, codes, text, st.floats(allow_nan=False, allow_infinity=False))
scores = st.builds(
    Score,
    risk_score=share,
    risk_level=levels,
    reasons=st.lists(reasons, max_size=3).map(tuple),
    model_name=text,
    model_version=text,
    degraded=st.lists(text, max_size=2).map(tuple),
    shadow=st.none() | st.builds(ShadowScore, share, levels, text, text),
    limits=st.none() | st.builds(Limits, share, share, st.booleans(), st.booleans()),
)
decisions, sources = st.sampled_from(Decision), st.sampled_from(DecisionSource)
rulings = st.builds(
    Ruling, decisions, sources, score=scores, listed=st.none() | listed, budget=st.none() | budgets
) | st.builds(
    Ruling,
    decisions,
    sources,
    fallback=st.builds(Fallback, st.sampled_from(BlindReason), text),
    listed=st.none() | listed,
)
verdicts = st.builds(
    Verdict,
    transaction_id=st.just("t1"),
    ruling=rulings,
    circuit_state=st.sampled_from(["closed", "open", "half_open"]),
    latency_ms=st.floats(0, 1e6).map(lambda ms: round(ms, 3)),
    created_at=st.floats(0, 4e9).map(lambda since_s: datetime.fromtimestamp(since_s, UTC)),
    trace_id=text,
    thresholds=st.none() | st.builds(Thresholds, share, share),
    unusable=st.lists(st.sampled_from(Unusable), unique=True, max_size=3).map(tuple),
)


@given(verdicts)
def test_a_retry_reads_the_first_reply_byte_for_byte(verdict: Verdict) -> None:
    """Whatever was decided: times, rounded figures, odd characters, a list's word, a budget, a blind verdict."""
    decided = RecordedVerdict(verdict, TRANSACTION.digest, replayed=False)

    stored = to_recorded(bson.decode(to_document(TRANSACTION, verdict).raw, AWARE))

    assert stored.digest == decided.digest
    assert msgspec.json.encode(to_reply(replace(stored, replayed=False))) == msgspec.json.encode(to_reply(decided))
