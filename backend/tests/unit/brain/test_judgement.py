"""Which models may be promoted: those that are better on the same payments, and cost no more."""

from dataclasses import replace

import numpy as np
import pytest

from brain.model.artifact import Model
from brain.rollout.evidence import Evidence, average_precision
from brain.rollout.judgement import judge_figures, judge_recorded, judge_shadow
from brain.settings import HERE

PRESENT = {"ap": 0.5, "money": 1000.0}


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ({"ap": 0.5, "money": 900.0}, "not better"),
        ({"ap": 0.4, "money": 900.0}, "not better"),
        ({"ap": 0.6, "money": 1001.0}, "cost more"),
        ({"ap": None, "money": None}, "no fraud"),
        ({"ap": float("nan"), "money": 900.0}, "not better"),
        ({"ap": 0.6, "money": float("nan")}, "cost more"),
    ],
)
def test_a_model_that_is_not_better_is_refused(new: dict[str, float | None], reason: str) -> None:
    """By its ranking, or by what its mistakes cost; where there was no fraud nobody knows."""
    found = judge_figures(new, PRESENT, source="the file")

    assert not found.may
    assert reason in found.reason
    assert found.facts["present"] == PRESENT


def test_a_better_model_may_be_promoted_and_its_figures_are_kept() -> None:
    """For whoever asks later why it decides."""
    found = judge_figures({"ap": 0.6, "money": 999.0}, PRESENT, source="the file")

    assert found.may
    assert found.facts == {"source": "the file", "new": {"ap": 0.6, "money": 999.0}, "present": PRESENT}


def test_a_comparison_with_another_model_than_the_present_one_proves_nothing() -> None:
    """Somebody may have promoted one since the training."""
    shipped = Model.load(HERE / "artifacts")
    named = {"name": shipped.name, "version": shipped.version}
    metadata = {"backtest": {"with": named, "models": {"candidate": {"ap": 0.6}, "present": {"ap": 0.5}}}}

    assert judge_recorded(metadata, shipped).may
    assert "--data" in judge_recorded(metadata, replace(shipped, version="another")).reason
    assert not judge_recorded({}, shipped).may


@pytest.mark.parametrize(
    ("evidence", "may"),
    [
        (Evidence(999, 50, 0.5, 0.6), False),
        (Evidence(1000, 9, 0.5, 0.6), False),
        (Evidence(1000, 10, 0.5, 0.6), True),
        (Evidence(1000, 10, 0.6, 0.5), False),
    ],
    ids=["too few scores", "too few frauds", "enough", "worse"],
)
def test_a_shadow_decides_once_it_has_proved_itself(evidence: Evidence, may: bool) -> None:
    """On enough payments and frauds, better than the one that decides."""
    found = judge_shadow(evidence, scores_min=1000, frauds_min=10)

    assert found.may is may
    assert found.facts["frauds"] == evidence.frauds


def test_average_precision_takes_equal_scores_together() -> None:
    """Their order must not matter: 2 of the 3 highest, then 1 of 2 with one score."""
    fraud = np.array([True, False, True, True, False])

    assert average_precision(fraud, np.array([0.9, 0.8, 0.7, 0.2, 0.2])) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert average_precision(fraud, np.array([0.5] * 5)) == pytest.approx(3 / 5)
    assert average_precision(~fraud & fraud, np.zeros(5)) is None
