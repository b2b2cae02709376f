"""Finds the usual amounts of a history, and how far others are from them."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.compiled import borrowing

Ints = NDArray[np.int64]

# The newest payments define what is usual: habits change, and sorting 50 costs a tenth of sorting 512.
USUAL_EVENTS = 50

# Amounts are skewed, so distances from the usual are in natural logarithms, divided by the spread of the history.
# A user who always pays the same has no spread; without a floor every cent would be a thousand spreads.
SPREAD_MIN = 0.3
# Two payments do not define a spread. It is estimated as if ten payments with an ordinary spread came before them.
SPREAD_ORDINARY, SPREAD_ORDINARY_EVENTS = 1.0, 10
QUARTILES_TO_SPREAD = 1.349  # the distance of the quartiles of a normal distribution, in standard deviations

# One of fifty payments is so many spreads above the usual, if their logarithms are normal.
OUTLIER_SPREADS = 2.0

TIMES_MIN = 0.001  # of the median: below it, and for an amount of 0, the logarithm carries no more information


class Usual(NamedTuple):
    """
    The usual amounts of one history, by its newest USUAL_EVENTS.

    Attributes:
        twice_median: Twice the median amount in hundredths, an integer; 0 without events.
        high_minor: The 90th percentile of the amounts, hundredths; 0 without events.
        spread: Standard deviation of the amounts' natural logarithms, estimated from their quartiles.
    """

    twice_median: int
    high_minor: int
    spread: float


@borrowing
def usual_amounts(amount_minor: Ints, count: int, ascending: Ints) -> Usual:
    """
    Find what is usual in the first `count` amounts, which are the newest.

    Args:
        ascending: (USUAL_EVENTS,) room to sort in.
    """
    if count == 0:
        return Usual(0, 0, SPREAD_ORDINARY)
    n = min(count, USUAL_EVENTS)
    _sort(amount_minor, n, ascending)
    low, high = ascending[(n - 1) * 25 // 100], ascending[(n - 1) * 75 // 100]
    # a hundredth more, so that an amount of 0 has a logarithm
    quartiles = math.log((high + 1) / (low + 1)) / QUARTILES_TO_SPREAD
    seen = quartiles * n + SPREAD_ORDINARY * SPREAD_ORDINARY_EVENTS
    return Usual(
        ascending[(n - 1) // 2] + ascending[n // 2],
        ascending[(n - 1) * 90 // 100],
        max(seen / (n + SPREAD_ORDINARY_EVENTS), SPREAD_MIN),
    )


@borrowing
def outlier_twice_minor(usual: Usual) -> float:
    """Return twice the amount, in hundredths, above which a payment stands out; infinity where nothing is usual."""
    if usual.twice_median <= 0:
        return math.inf
    return usual.twice_median * math.exp(OUTLIER_SPREADS * usual.spread)


@borrowing
def times_median(usual: Usual, amount: float) -> float:
    """Divide an amount in units by the median; NaN where there is none."""
    return ratio(amount, usual.twice_median / 200)


@borrowing
def spreads_above_median(usual: Usual, amount: float) -> float:
    """Return how many spreads an amount in units is above the median; NaN where there is none."""
    times = times_median(usual, amount)
    if math.isnan(times):
        return math.nan
    return math.log(max(times, TIMES_MIN)) / usual.spread


@borrowing
def known_if(is_known: bool, value: float) -> float:
    """Return the value; NaN where it is not known."""
    return value * 1.0 if is_known else math.nan


@borrowing
def age_in(age_ms: int, unit_ms: int) -> float:
    """Convert an age to the unit; NaN for 0, which no event has."""
    return age_ms / unit_ms if age_ms > 0 else math.nan


@borrowing
def ratio(part: float, whole: float) -> float:
    """Divide; NaN where the whole is not positive."""
    return part / whole if whole > 0 else math.nan


@borrowing
def _sort(values: Ints, n: int, ascending: Ints) -> None:
    """
    Put the first n values in ascending order, where they stand or elsewhere.

    By insertion: n is small, and np.sort takes three times as long.
    """
    for i in range(n):
        value = values[i]
        place = i
        while place > 0 and ascending[place - 1] > value:
            ascending[place] = ascending[place - 1]
            place -= 1
        ascending[place] = value
