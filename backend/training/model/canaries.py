"""
The pair of payments by which a gateway sees that this very model scores: a clean and a risky one of somebody unknown.

A constant cannot lie in both intervals, and neither can scores that are shifted or exchanged. Whether the risky one is
called high does not matter: a model may be right to approve a large amount of which it knows nothing else.
"""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from brain.domain import Query
from brain.features.formulas import build_batch, compute
from brain.model.canaries import Canary
from money.currencies import REFERENCE_CURRENCY

Floats = NDArray[np.float64]

CLEAN_MINOR = 12_50
RISKY_MINOR = (300_00, 1_000_00, 2_500_00, 5_000_00, 10_000_00)  # of which the one that the model finds riskiest
MARGIN = 0.1  # log-odds; serving differs from training by far less
APART_MIN = 3 * MARGIN  # between the two intervals
DIGITS = 8
_NOON_MS = 1_767_182_400_000  # 2025-12-31T12:00:00Z: no feature knows the calendar


def make_pair(scores_of: Callable[[Floats], Floats]) -> list[dict[str, object]]:
    """
    The two, clean first, for the model's metadata.

    Args:
        scores_of: (n, F) features to (n,) risk scores, as served.

    Raises:
        ValueError: the model gives a large payment of somebody unknown hardly another score than a small one, so
            nobody could see from outside whether it scores at all.
    """
    clean = _log_odds(scores_of, CLEAN_MINOR)
    risky = [_log_odds(scores_of, minor) for minor in RISKY_MINOR]
    riskiest = int(np.argmax([odds.min() for odds in risky]))
    if risky[riskiest].min() - clean.max() < 2 * MARGIN + APART_MIN:
        raise ValueError("the model cannot tell a large payment of somebody unknown from a small one")
    return [_canary(CLEAN_MINOR, clean), _canary(RISKY_MINOR[riskiest], risky[riskiest])]


def _log_odds(scores_of: Callable[[Floats], Floats], minor: int) -> Floats:
    """(2,) of somebody new, and of somebody whose history cannot be read."""
    query = Query("canary", _NOON_MS, minor, "canary", None)
    scores = scores_of(compute(build_batch([query, query], [(), None], [None, None])))
    return np.asarray(np.log(scores / (1 - scores)))


def _canary(minor: int, log_odds: Floats) -> dict[str, object]:
    low, high = (1 / (1 + np.exp(-odds)) for odds in (log_odds.min() - MARGIN, log_odds.max() + MARGIN))
    return asdict(Canary(minor, REFERENCE_CURRENCY, round(float(low), DIGITS), round(float(high), DIGITS)))
