"""The reference that an artifact carries: bins of equal shares as far as the values allow, read back by the brain."""

import json

import numpy as np
import pytest

from brain.features.formulas import FEATURE_NAMES
from brain.model.artifact import Model
from brain.model.drift import RISK_SCORE, Drift, read_references
from training.model.reference import BINS, FEATURES, bin_edges, bin_shares, reference
from training.train import ARTIFACTS

THRESHOLDS = {"medium": 0.5, "high": 0.8, "critical": 0.95}


def test_values_all_different_are_cut_into_tenths() -> None:
    """A thousand of them, in any order."""
    values = np.random.default_rng(1).permutation(1000.0 + np.arange(1000))

    edges = bin_edges(values)

    assert edges.tolist() == [1100.0 + 100 * n for n in range(9)]
    assert bin_shares(values, edges).tolist() == [0.1] * 10 + [0.0]


def test_a_value_that_most_have_is_a_bin_and_the_rest_is_still_told_apart() -> None:
    """Of 900 zeros and 90 other values: one bin for the zeros, nine of ten values each."""
    values = np.concatenate([np.zeros(900), np.arange(1.0, 91.0)])

    edges = bin_edges(values)

    assert edges.tolist() == [1.0 + 10 * n for n in range(9)]
    assert bin_shares(values, edges)[:10] * 990 == pytest.approx([900] + [10] * 9, abs=0.01)


def test_few_different_values_make_few_bins_and_no_edge_twice() -> None:
    """Three counts, three bins."""
    values = np.repeat([0.0, 1.0, 2.0], [50, 30, 20])

    edges = bin_edges(values)

    assert edges.tolist() == [1.0, 2.0]
    assert bin_shares(values, edges).tolist() == [0.5, 0.3, 0.2, 0.0]


@pytest.mark.parametrize("values", [[7.0] * 5, [np.nan] * 5], ids=["one value", "nothing known"])
def test_values_that_cannot_be_cut_have_an_edge_all_the_same(values: list[float]) -> None:
    """So that a value never seen shows later."""
    edges = bin_edges(np.array(values))

    assert edges.size == 1
    assert bin_shares(np.array(values), edges)[1] == 0.0


def test_what_is_unknown_has_a_share_of_its_own() -> None:
    """It moves no edge."""
    values = np.concatenate([np.arange(1000.0), np.full(250, np.nan)])

    edges = bin_edges(values)

    assert edges.tolist() == bin_edges(np.arange(1000.0)).tolist()
    assert bin_shares(values, edges).tolist() == [0.08] * 10 + [0.2]


def test_scores_are_cut_at_the_thresholds_too() -> None:
    """What an operator asks first: are more payments called risky than before."""
    scores = np.linspace(0, 0.1, 1000)

    described = reference(np.zeros((1000, len(FEATURE_NAMES))), scores, THRESHOLDS)

    assert described[RISK_SCORE]["edges"][-3:] == [0.5, 0.8, 0.95]
    assert described[RISK_SCORE]["shares"][-4:] == [0.0] * 4


def test_a_brain_that_scores_the_same_payments_counts_the_same_shares() -> None:
    """Written by training, read from JSON, filled with the very rows: no drift at all, unknown included."""
    rng = np.random.default_rng(2)
    x = rng.exponential(20, size=(4000, len(FEATURE_NAMES))).round(1)
    x[rng.random(x.shape) < 0.1] = np.nan
    scores = rng.random(4000)
    drift = Drift(read_references(json.loads(json.dumps(reference(x, scores, THRESHOLDS)))))

    for start in range(0, 4000, 32):
        drift.add(x[start : start + 32], scores[start : start + 32])

    live = drift.live()
    assert [histogram.name for histogram in live] == [RISK_SCORE, *FEATURES]
    for histogram in live:
        assert np.array(histogram.counts) / 4000 == pytest.approx(np.array(histogram.expected_shares), abs=1e-6)


def test_the_shipped_model_carries_its_reference() -> None:
    """Of its scores and of its main features, in ten bins or a few more."""
    model = Model.load(ARTIFACTS)

    assert [one.name for one in model.references] == [RISK_SCORE, *FEATURES]
    assert all(len(one.edges) >= BINS - 1 for one in model.references)
    assert set(model.thresholds.values()) <= set(model.references[0].edges)
