"""Live histograms count what was scored lately, bin by bin, and forget what is old."""

import json
from typing import Any

import numpy as np
import pytest

from brain.features.formulas import FEATURE_NAMES
from brain.model.artifact import Floats
from brain.model.drift import GENERATION_ROWS, RISK_SCORE, Drift, Reference, read_references

AMOUNT = Reference("amount_alone", (10.0, 20.0), (0.25, 0.25, 0.25, 0.25))
SCORE = Reference(RISK_SCORE, (0.5,), (0.9, 0.1, 0.0))


def rows_of(amounts: list[float]) -> Floats:
    """Rows of features with these amounts; the rest is unknown."""
    rows = np.full((len(amounts), len(FEATURE_NAMES)), np.nan)
    rows[:, FEATURE_NAMES.index("amount_alone")] = amounts
    return rows


def counts(drift: Drift) -> dict[str, list[int]]:
    """By name."""
    return {histogram.name: list(histogram.counts) for histogram in drift.live()}


def test_each_value_is_counted_in_its_bin() -> None:
    """An edge belongs to the bin above it; infinity is large, and what is unknown has a bin of its own."""
    drift = Drift([AMOUNT, SCORE])

    drift.add(rows_of([5, 10, 19.99, 20, float("inf"), float("nan")]), np.array([0.1, 0.2, 0.3, 0.5, 0.9, 1.0]))

    assert counts(drift) == {"amount_alone": [1, 2, 2, 1], RISK_SCORE: [3, 3, 0]}


def test_a_histogram_carries_what_it_is_compared_with() -> None:
    """Edges and shares, as the artifact has them."""
    (histogram,) = Drift([AMOUNT]).live()

    assert (histogram.name, list(histogram.edges)) == ("amount_alone", [10.0, 20.0])
    assert list(histogram.expected_shares) == [0.25, 0.25, 0.25, 0.25]
    assert list(histogram.counts) == [0, 0, 0, 0]


def test_the_newest_two_generations_count() -> None:
    """After three and a half generations the first two are forgotten: at least 5,000 rows count, below 10,000."""
    drift = Drift([AMOUNT])
    batch = 100

    def score(amount: float, rows: int) -> None:
        for _ in range(rows // batch):
            drift.add(rows_of([amount] * batch), np.zeros(batch))

    score(5, 2 * GENERATION_ROWS)
    score(15, GENERATION_ROWS)
    score(25, GENERATION_ROWS // 2)

    assert counts(drift)["amount_alone"] == [0, GENERATION_ROWS, GENERATION_ROWS // 2, 0]


def test_a_model_without_reference_has_no_histograms() -> None:
    """An older artifact is scored all the same."""
    drift = Drift(read_references({}))

    drift.add(rows_of([5]), np.array([0.1]))

    assert drift.live() == []


def test_references_survive_the_metadata() -> None:
    """As JSON, in their order."""
    stored = json.loads(json.dumps({r.name: {"edges": r.edges, "shares": r.shares} for r in (SCORE, AMOUNT)}))

    assert read_references(stored) == (SCORE, AMOUNT)


@pytest.mark.parametrize(
    "stored",
    [
        {"height": {"edges": [1.0], "shares": [0.5, 0.5, 0.0]}},
        {"amount_alone": {"edges": [], "shares": [1.0, 0.0]}},
        {"amount_alone": {"edges": [2.0, 1.0], "shares": [0.5, 0.3, 0.2, 0.0]}},
        {"amount_alone": {"edges": [1.0, 1.0], "shares": [0.5, 0.3, 0.2, 0.0]}},
        {"amount_alone": {"edges": [float("nan")], "shares": [0.5, 0.5, 0.0]}},
        {"amount_alone": {"edges": [1.0], "shares": [0.5, 0.5]}},
        {"amount_alone": {"edges": [1.0], "shares": [0.5, 0.9, 0.0]}},
        {"amount_alone": {"edges": [1.0], "shares": [1.5, -0.5, 0.0]}},
        {"amount_alone": {"edges": [float(n) for n in range(65)], "shares": [1.0] + [0.0] * 66}},
    ],
    ids=["no feature", "no edge", "descending", "equal", "NaN", "a share short", "sum", "negative", "too many"],
)
def test_a_senseless_reference_is_refused(stored: dict[str, Any]) -> None:
    """Every PSI made of it would be one that nobody can read."""
    with pytest.raises(ValueError, match=next(iter(stored))):
        read_references(stored)
