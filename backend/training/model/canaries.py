"""
Makes the canaries by which a gateway checks that this model scores: a clean and a risky payment of an unknown user.

No constant is in both ranges, nor are scores that are shifted or exchanged. Whether the risky one is called high does
not matter: a model may be right to approve a large amount of which nothing else is known.
"""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from brain.domain import Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.model.canaries import Canary
from brain.scoring.features import read_features
from money.currencies import REFERENCE_CURRENCY

Floats = NDArray[np.float64]

CLEAN_MINOR = 12_50
RISKY_MINOR = (300_00, 1_000_00, 2_500_00, 5_000_00, 10_000_00)  # the one that the model scores highest is taken
MARGIN = 0.1  # log-odds; serving differs from training by far less
APART_MIN = 3 * MARGIN  # between the two intervals
DIGITS = 8
_MIB = 0.01  # of a memory for no payment


def make_pair(scores_of: Callable[[Floats], Floats]) -> list[dict[str, object]]:
    """
    Make the two canaries, the clean one first, for the model's metadata.

    Args:
        scores_of: Maps features (n, F) to risk scores (n,), as served.

    Raises:
        ValueError: a large and a small payment of an unknown user score nearly the same, so a gateway could not see
            from outside whether the model scores at all.
    """
    clean = _log_odds(scores_of, CLEAN_MINOR)
    risky = [_log_odds(scores_of, minor) for minor in RISKY_MINOR]
    riskiest = int(np.argmax(risky))
    if risky[riskiest] - clean < 2 * MARGIN + APART_MIN:
        raise ValueError("the model scores a large and a small payment of an unknown user nearly the same")
    return [_canary(CLEAN_MINOR, clean), _canary(RISKY_MINOR[riskiest], risky[riskiest])]


def _log_odds(scores_of: Callable[[Floats], Floats], minor: int) -> float:
    """Return the log-odds of a canary of this amount: at any time, whatever the memory holds."""
    row = rows_of([Query("canary", 1, minor, "canary", None, is_canary=True)])
    score = scores_of(read_features(Memory(_MIB), row)[0])[0]
    return float(np.log(score / (1 - score)))


def _canary(minor: int, log_odds: float) -> dict[str, object]:
    low, high = (1 / (1 + np.exp(-odds)) for odds in (log_odds - MARGIN, log_odds + MARGIN))
    return asdict(Canary(minor, REFERENCE_CURRENCY, round(float(low), DIGITS), round(float(high), DIGITS)))
