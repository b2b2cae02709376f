"""What is encoded once for many verdicts, or without the driver's detours, reads back as what was decided."""

from typing import Any

import bson
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import (
    BlindReason,
    Budget,
    BudgetName,
    Decision,
    DecisionSource,
    Fallback,
    Listed,
    ListName,
    Reason,
    RiskLevel,
    Ruling,
    Score,
    ShadowScore,
    Thresholds,
    Verdict,
)
from gateway.ledger.documents import AWARE, to_recorded
from gateway.ledger.encoding import to_document
from gateway.verdict.intake.decoding import to_transaction
from tests.proof_records import LONG_AGO, REQUEST

TRANSACTION = to_transaction(dict(REQUEST))
SHARES = st.sampled_from([0.0, 0.25, 1.0])
WORDS = st.sampled_from(["a", "b", ""])
LEVELS = st.sampled_from([level for level in RiskLevel if level is not RiskLevel.UNKNOWN])
SHADOWS = st.builds(ShadowScore, SHARES, LEVELS, WORDS, WORDS)
SCORES = st.builds(
    Score,
    SHARES,
    LEVELS,
    st.lists(st.builds(Reason, WORDS, WORDS, SHARES), max_size=3).map(tuple),
    WORDS,
    WORDS,
    st.sampled_from([(), ("history",)]),
    st.none() | SHADOWS,
)
RULINGS = st.builds(
    Ruling,
    st.sampled_from(Decision),
    st.sampled_from(DecisionSource),
    score=SCORES,
    listed=st.none() | st.builds(Listed, st.sampled_from(ListName), WORDS),
    budget=st.none()
    | st.builds(Budget, st.sampled_from(BudgetName), st.sampled_from([Decision.REVIEW, Decision.BLOCK])),
) | st.builds(
    Ruling,
    st.sampled_from(Decision),
    st.just(DecisionSource.FALLBACK),
    fallback=st.builds(Fallback, st.sampled_from(BlindReason), WORDS),
)
VERDICTS = st.builds(
    Verdict,
    st.just(TRANSACTION.transaction_id),
    RULINGS,
    st.sampled_from(["closed", "open"]),
    SHARES,
    st.just(LONG_AGO),
    WORDS,
    st.none() | st.builds(Thresholds, SHARES, SHARES),
    st.sampled_from([(), ("timestamp",)]),
)


@given(st.lists(VERDICTS, min_size=1, max_size=4))
def test_a_verdict_reads_back_as_it_was_decided(verdicts: list[Verdict]) -> None:
    """Whatever was encoded before it: nothing of another verdict gets into its record."""
    documents = [bson.decode(to_document(TRANSACTION, verdict).raw, AWARE) for verdict in verdicts]

    assert [to_recorded(document).verdict for document in documents] == verdicts


def test_equal_thresholds_are_of_one_kind_in_every_record() -> None:
    """The validator takes no whole number there, and what is encoded once for all must not depend on who came first."""
    thresholds = [Thresholds(0, 1), Thresholds(0.0, 1.0)]
    ruling = Ruling(Decision.APPROVE, DecisionSource.FALLBACK, fallback=Fallback(BlindReason.CIRCUIT_OPEN, "kinds"))

    kinds = [
        {type(value) for value in _stored(Verdict("t", ruling, "closed", 1.5, LONG_AGO, "", one)).values()}
        for one in thresholds
    ]

    assert kinds == [{float}, {float}]


def _stored(verdict: Verdict) -> dict[str, Any]:
    document = bson.decode(to_document(TRANSACTION, verdict).raw, AWARE)
    thresholds: dict[str, Any] = document["verdict"]["thresholds"]
    return thresholds
