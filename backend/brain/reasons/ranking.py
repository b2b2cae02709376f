"""Ranks what contributed to a score, and sums what has one cause."""

import numpy as np
from numpy.typing import NDArray

from brain.compiled import borrowing, compiled
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import GROUNDS, MERCHANT_GROUNDS, USER_GROUNDS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REASONS_MAX = 5
CONTRIBUTION_MIN = 0.1  # log-odds: a smaller one changes a small score by less than a tenth, which is no reason

_GAPS = ("NEW_USER", "USER_HISTORY_UNAVAILABLE", "NEW_MERCHANT", "NO_MERCHANT", "MERCHANT_HISTORY_UNAVAILABLE")
CODES = (*GROUNDS, *_GAPS)  # AMOUNT first: it is the reason of a score that has no other

_CODES, _GROUNDS = len(CODES), len(GROUNDS)
_NEW_USER, _USER_UNAVAILABLE, _NEW_MERCHANT, _NO_MERCHANT, _MERCHANT_UNAVAILABLE = range(_GROUNDS, _CODES)
_COUNT, _RECENT, _KNOWN = (
    FEATURE_NAMES.index(name) for name in ("user_count_30d", "merchant_count_7d", "merchant_known_37d")
)
_OF_USER = tuple(GROUNDS.index(ground) for ground in USER_GROUNDS)
_OF_MERCHANT = tuple(GROUNDS.index(ground) for ground in MERCHANT_GROUNDS)


@compiled
def rank(x: Floats, contributions: Floats, has_merchant: Bools) -> tuple[Ints, Ints, Floats]:
    """
    Rank the contributions to n scores.

    Largest first. Where the score is above average, those that raised it come before those that lowered it.

    Args:
        x: (n, F) features.
        contributions: (n, G) of each ground in log-odds, as `Model.predict` returns them.
        has_merchant: (n,) whether the query names a merchant.

    Returns:
        (n,) how many of the strongest are reasons, 1 to REASONS_MAX; (n, REASONS_MAX) indices into CODES, the first
        reason first; (n, REASONS_MAX) their log-odds, rounded to four digits: more are of no use.
    """
    counts = np.zeros(len(x), dtype=np.int64)
    codes = np.empty((len(x), REASONS_MAX), dtype=np.int64)
    values = np.empty((len(x), REASONS_MAX))
    sums = np.empty(_CODES)
    for n in range(len(x)):
        sums[:_GROUNDS] = contributions[n]
        sums[_GROUNDS:] = 0.0
        _sum_gaps(sums, x[n], has_merchant[n])
        is_risky = sums.sum() > 0
        for place in range(REASONS_MAX):
            code = _strongest(sums, is_risky)
            value = np.rint(sums[code] * 10_000) / 10_000
            if place == 0 or abs(value) >= CONTRIBUTION_MIN:
                codes[n, counts[n]], values[n, counts[n]] = code, value
                counts[n] += 1
            sums[code] = np.nan
    return counts, codes, values


@borrowing
def _sum_gaps(sums: Floats, x: Floats, has_merchant: bool) -> None:
    """Move what grounds contributed for lack of a history to the gap that is its cause."""
    if np.isnan(x[_COUNT]):
        _move(sums, _OF_USER, _USER_UNAVAILABLE)
    elif x[_COUNT] == 0:
        _move(sums, _OF_USER, _NEW_USER)
    if not has_merchant:
        _move(sums, _OF_MERCHANT, _NO_MERCHANT)
    elif np.isnan(x[_RECENT]):
        _move(sums, _OF_MERCHANT, _MERCHANT_UNAVAILABLE)
    elif x[_RECENT] == 0 and x[_KNOWN] == 0:
        _move(sums, _OF_MERCHANT, _NEW_MERCHANT)


@borrowing
def _move(sums: Floats, grounds: tuple[int, ...], gap: int) -> None:
    for ground in grounds:
        sums[gap] += sums[ground]
        sums[ground] = 0.0


@borrowing
def _strongest(sums: Floats, is_risky: bool) -> int:
    """Find the strongest of those that are left; the first of several. What is ranked already is NaN."""
    best, best_strength, best_raises = -1, -1.0, False
    for code in range(len(sums)):
        strength = abs(sums[code])
        raises = is_risky and sums[code] > 0
        if (raises and not best_raises) or (raises == best_raises and strength > best_strength):
            best, best_strength, best_raises = code, strength, raises
    return best
