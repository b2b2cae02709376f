"""What labels say of payments that a model would block, and whether its scores are probabilities."""

from typing import Any

import numpy as np
import pytest

from gateway.domain import Limits
from gateway.features.models.label_sums import BINS_PER_UNIT
from gateway.features.models.outcomes import ModelOutcomes, interval, to_outcomes
from gateway.features.stats.outcomes import to_outcomes_out
from gateway.verdict.budgets.model_budget import ModelBudget

LIMITS = Limits(review_threshold=0.1, block_threshold=0.5, may_block=False, own_labels=False)


def a_sum(score: float, n: int, frauds: int, *, would: str = "approve", did: str = "approve") -> dict[str, Any]:
    """One row as MongoDB adds it up: n payments with this score."""
    number = float(np.floor(BINS_PER_UNIT * np.log(score / (1 - score))))
    key = {"model": {"name": "gbdt", "version": "2"}, "bin": number, "model_decision": would, "decision": did}
    return {"_id": key, "n": n, "frauds": frauds, "scores": n * score}


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    """The last one is the example of Newcombe (1998), table I; nothing seen leaves everything open."""
    assert interval(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_what_would_be_blocked_is_told_by_what_was_decided() -> None:
    """Blocks, what a budget sent to people, and what it let pass; and the rest is no block."""
    (found,) = to_outcomes(
        [
            a_sum(0.9, 10, 8, would="block", did="block"),
            a_sum(0.8, 20, 5, would="block", did="review"),
            a_sum(0.7, 30, 30, would="block", did="review"),
            a_sum(0.6, 4, 1, would="block", did="approve"),
            a_sum(0.2, 50, 1, would="review", did="review"),
        ]
    )

    genuine = {decision: (known.known, known.genuine) for decision, known in found.would_block.items()}
    assert genuine == {"block": (10, 2), "review": (50, 15), "approve": (4, 3)}
    assert (found.stopped.known, found.stopped.genuine) == (64, 20)
    assert (found.labels, found.frauds) == (114, 45)


def test_false_declines_are_estimated_from_what_would_be_blocked_lately() -> None:
    """A quarter of what would be blocked is genuine, and a hundredth of all payments would be: about 0.25 %."""
    outcomes = to_outcomes([a_sum(0.9, 40, 30, would="block", did="review")])
    budget = ModelBudget("here", LIMITS)
    for n in range(2_000):
        budget.note(0.9 if n % 100 == 0 else 0.2 if n % 10 == 0 else 0.01, 1_800_000_000.0)

    found = to_outcomes_out(outcomes[0], {("gbdt", "2"): budget}).would_block

    assert (budget.would_have().payments, budget.would_have().reviewed, budget.would_have().blocked) == (2_000, 180, 20)
    assert found.false_declines is not None
    assert found.false_declines.share == pytest.approx(5 / (2_000 - 15))
    low, high = interval(10, 40)
    assert found.false_declines.low == pytest.approx(0.01 * low, rel=0.01)
    assert found.false_declines.high == pytest.approx(0.01 * high, rel=0.01)
    assert to_outcomes_out(outcomes[0], {}).would_block.false_declines is None


def test_nothing_known_is_not_0() -> None:
    """Of a model whose blocks have no label yet."""
    (outcomes,) = to_outcomes([a_sum(0.2, 5, 1, would="review", did="review")])

    found = to_outcomes_out(outcomes, {("gbdt", "2"): ModelBudget("here", LIMITS)}).would_block

    assert (found.genuine_share, found.false_declines) == (None, None)


def calibrated(rng: np.random.Generator, n: int, *, off: float = 1.0) -> ModelOutcomes:
    """Labels of n payments whose risk is their score, or so many times that."""
    scores = rng.beta(0.3, 3.0, n)
    frauds = rng.random(n) < scores * off
    rows = [a_sum(float(score), 1, int(fraud)) for score, fraud in zip(scores, frauds, strict=True)]
    (found,) = to_outcomes(rows)
    return found


def test_ten_groups_show_whether_scores_are_probabilities() -> None:
    """They lie within their intervals where they are, and outside where frauds are half as many."""
    rng = np.random.default_rng(5)
    good, bad = calibrated(rng, 4_000), calibrated(rng, 4_000, off=0.5)
    assert good.calibration is not None
    assert bad.calibration is not None

    assert 8 <= len(good.calibration) <= 10
    assert sum(group.n for group in good.calibration) == 4_000
    assert all(group.score_from <= group.mean_score <= group.score_to for group in good.calibration)
    assert sum(group.low <= group.mean_score <= group.high for group in good.calibration) >= 8
    assert sum(group.low <= group.mean_score <= group.high for group in bad.calibration) <= 5


@pytest.mark.parametrize(("frauds", "genuine"), [(19, 1_000), (1_000, 19)])
def test_few_labels_of_a_kind_show_nothing(frauds: int, genuine: int) -> None:
    """Where only chargebacks are told there is nothing to hold them against."""
    (found,) = to_outcomes([a_sum(0.9, frauds, frauds), a_sum(0.1, genuine, 0)])

    assert found.calibration is None
