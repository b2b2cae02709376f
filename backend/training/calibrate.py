"""
`sentinel model calibrate`: measures whether the risk score is a probability.

Uses every payment of the test weeks of unseen worlds, with the model's calibration and without it. Changes nothing:
`sentinel model train` fits the calibration.
"""

import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from brain.model.artifact import Model
from training.evaluation.reliability import FRAUDS_MIN, Reliability
from training.examples.histories import features
from training.examples.protocol import TEST_DAYS, first_test_days
from training.options import Progress, simulated


def compare_scores_with_outcomes(
    model: Model, *, seeds: Sequence[int], given: Mapping[str, int], weeks: int, as_json: bool, progress: Progress
) -> None:
    """
    Compare the risk scores with the labels, and print.

    Args:
        seeds: Of the worlds.
        given: Their rules, where they are not the book's.
        weeks: How many test weeks of each, at most.

    Raises:
        UnusableDataError: such a world cannot be made, or has no test week.
    """
    parts: list[tuple[NDArray[np.bool_], NDArray[np.float64]]] = []
    for seed in seeds:
        progress(f"world of seed {seed}", len(parts), len(seeds))
        world = simulated(seed, given)
        first = first_test_days(world, most=weeks)
        rows = np.flatnonzero((world.day >= first[0]) & (world.day < first[-1] + TEST_DAYS))
        parts.append((world.fraud[rows], model.log_odds(features(world, rows))))
    fraud, raw = (np.concatenate(part) for part in zip(*parts, strict=True))
    scores = model.calibration.probabilities(raw)
    served = Reliability.of(fraud, scores)
    trees = Reliability.of(fraud, 1 / (1 + np.exp(-raw)))
    if as_json:
        print(json.dumps({"served": _summary(served), "trees": _summary(trees)}))
        return
    print(f"{model.name} {model.version} ({model.sha256[:12]})")
    named = ", ".join(map(str, seeds))
    print(f"all {fraud.size:,} payments of the test weeks of the worlds of seeds {named}")
    _print_table("the risk score as served", served)
    _print_table("the same without the calibration: the trees alone", trees)
    _print_levels(model, fraud, scores)


def _summary(found: Reliability) -> dict[str, float]:
    return {
        "brier": found.brier,
        "log_loss": found.log_loss,
        "ece": found.error,
        "ratio_min": min(found.ratios),
        "ratio_max": max(found.ratios),
    }


def _print_table(title: str, found: Reliability) -> None:
    print(f"\n{title}\n")
    print(f"{'score from':>10}{'payments':>11}{'frauds':>8}{'predicted':>11}{'observed':>10}{'95 %':>19}{'ratio':>7}")
    for one in found.bins:
        low, high = one.interval
        print(
            f"{one.low:>10.5f}{one.payments:>11,}{one.frauds:>8,}{one.predicted:>11.5f}"
            f"{one.observed:>10.5f}{low:>10.5f}-{high:.5f}{one.observed / one.predicted:>7.2f}"
        )
    print(
        f"\nBrier score {found.brier:.6f}, log loss {found.log_loss:.6f}, "
        f"expected calibration error {found.error:.6f}; observed / predicted of the bins with {FRAUDS_MIN} frauds "
        f"or more: {min(found.ratios):.2f} to {max(found.ratios):.2f}"
    )


def _print_levels(model: Model, fraud: NDArray[np.bool_], scores: NDArray[np.float64]) -> None:
    print("\nwhat the risk levels mean here\n")
    print(
        f"{'from':>10}{'score':>9}{'payments':>11}{'frauds among them':>19}{'of all frauds':>15}{'of all genuine':>16}"
    )
    for level, lowest in model.thresholds.items():
        flagged = scores >= lowest
        shares = (fraud[flagged].mean(), flagged[fraud].mean(), flagged[~fraud].mean())
        print(
            f"{level:>10}{lowest:>9.4f}{np.count_nonzero(flagged):>11,}"
            f"{shares[0]:>19.1%}{shares[1]:>15.1%}{shares[2]:>16.2%}"
        )
