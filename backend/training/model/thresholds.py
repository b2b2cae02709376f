"""Chooses the thresholds of the risk levels on payments that the model was not trained on."""

import numpy as np
from numpy.typing import NDArray

from training.evaluation.metrics import curve

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MEDIUM_FALSE_POSITIVE_RATE = 0.002
HIGH_PRECISION = 0.85
CRITICAL_PRECISION = 0.95

HOW_CHOSEN = (
    "on all payments of four months of each of two unseen simulated towns, by calibrated scores: "
    f"medium flags {MEDIUM_FALSE_POSITIVE_RATE:.1%} of the genuine payments; "
    f"of those from high on {HIGH_PRECISION:.0%} are frauds, from critical on {CRITICAL_PRECISION:.0%}"
)


def choose(fraud: Bools, scores: Floats) -> dict[str, float]:
    """
    Choose the lowest score of the levels medium, high and critical, rounded to four digits.

    Raises:
        ValueError: the scores do not separate well enough for what a level promises, or the levels do not come
            out in ascending order.
    """
    _, false_positives, precision = curve(fraud, scores)
    at = np.unique(scores)[::-1]
    reached = {
        "medium": false_positives <= MEDIUM_FALSE_POSITIVE_RATE,
        "high": precision >= HIGH_PRECISION,
        "critical": precision >= CRITICAL_PRECISION,
    }
    thresholds = {level: round(float(at[good].min(initial=np.inf)), 4) for level, good in reached.items()}
    if not 0 < thresholds["medium"] <= thresholds["high"] <= thresholds["critical"] < 1:
        raise ValueError(f"the scores do not separate well enough for three levels: {thresholds}")
    return thresholds
