"""
The population stability index: how far what is scored now has moved from what the model was judged on.

    PSI = sum over bins of (live share - expected share) * ln(live share / expected share)

It is the Kullback-Leibler divergence taken in both directions. Each share is at least SHARE_MIN, so that an empty bin
counts as rare and not as impossible. The usual reading: below 0.1 stable, to 0.25 shifting, above it shifted. Chance
alone gives about (bins - 1) / rows: 0.02 at 500 rows, 0.002 at 5,000.
"""

import math
from collections.abc import Sequence
from typing import Literal

ROWS_MIN = 500  # below it chance alone comes near to what is called shifting
SHARE_MIN = 0.0001  # one row in the 10,000 that a brain counts at most

SHIFTING = 0.1
SHIFTED = 0.25

Reading = Literal["stable", "shifting", "shifted"]


def stability_index(expected_shares: Sequence[float], counts: Sequence[int]) -> float | None:
    """
    The index of these counts, or None while there are fewer than ROWS_MIN of them.

    Args:
        expected_shares: n, which sum to 1.
        counts: n, in the same bins.
    """
    rows = sum(counts)
    if rows < ROWS_MIN:
        return None
    pairs = zip(expected_shares, counts, strict=True)
    floored = ((max(expected, SHARE_MIN), max(count / rows, SHARE_MIN)) for expected, count in pairs)
    return sum((live - expected) * math.log(live / expected) for expected, live in floored)


def reading(index: float | None) -> Reading | None:
    """The index in a word."""
    if index is None:
        return None
    if index > SHIFTED:
        return "shifted"
    return "stable" if index < SHIFTING else "shifting"
