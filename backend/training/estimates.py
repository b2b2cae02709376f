"""What the rules of a world leave open, estimated from its payments and all their labels."""

import numpy as np
from numpy.typing import NDArray

from training.payments import Payments
from training.runs import Runs
from training.simulate import Rules

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LENGTH_MAX_DAYS = 90
EXAMPLES_MIN = 10  # with fewer of them the book's value is the better guess
# Whose mean is lower never pays a large amount of their own: that would be five deviations off.
MODEST_MEAN_MINOR = 60_00
THEFT_GAP_DAYS = 7
THEFT_FRAUDS_MIN = 5  # so that the first and the last lie near the ends
THEFT_SPAN_QUANTILE = 0.95  # the rest are thefts from one customer that touch


def user_means(payments: Payments) -> Floats:
    """
    (customers,) most likely mean of each one's genuine payments, hundredths.

    For amounts that are normal with a deviation of half their mean. Whoever has none gets the mean of all.
    """
    genuine = ~payments.fraud
    user, amount = payments.user[genuine], payments.amount_minor[genuine].astype(np.float64)
    customers = int(payments.user.max()) + 1
    n = np.bincount(user, minlength=customers)
    first = np.bincount(user, amount, minlength=customers) / np.maximum(n, 1)
    second = np.bincount(user, amount * amount, minlength=customers) / np.maximum(n, 1)
    # Where the derivative of the likelihood by the mean m is zero: m^2 + 4 first m - 4 second = 0.
    mean = 2 * (np.sqrt(first * first + second) - first)
    return np.where(mean > 0, mean, mean[n > 0].mean() if n.any() else 1.0).clip(min=1.0)


def days_that_fit(runs: Runs, definite: Bools) -> int:
    """The length that could have made most of the definite runs; of several such the middle one."""
    shortest, longest = runs.days_min[definite], runs.days_max[definite]
    if shortest.size < EXAMPLES_MIN:
        return Rules().terminal_compromise_days
    lengths = np.arange(1, LENGTH_MAX_DAYS + 1)
    fits = ((shortest <= lengths[:, None]) & (lengths[:, None] <= longest)).sum(axis=1)
    return int(np.median(lengths[fits == fits.max()]))


def multiplier(payments: Payments, mean: Floats, apart: Bools) -> int:
    """The middle ratio of amount to mean among the frauds apart from runs, of customers to whom 220 is far."""
    owner = mean[payments.user]
    chosen = apart & (owner < MODEST_MEAN_MINOR)
    if np.count_nonzero(chosen) < EXAMPLES_MIN:
        return Rules().multiplier
    return max(1, round(float(np.median(payments.amount_minor[chosen] / owner[chosen]))))


def theft_spans(payments: Payments, stolen: Bools) -> tuple[int, int]:
    """How many thefts from a customer there were, and how many days one lasts."""
    order = np.flatnonzero(stolen)[np.argsort(payments.user[stolen], kind="stable")]
    user, day = payments.user[order], payments.day[order]
    is_new = (np.diff(user) != 0) | (np.diff(day) > THEFT_GAP_DAYS)
    begin = np.flatnonzero(np.concatenate(([True], is_new))) if order.size else np.zeros(0, dtype=np.int64)
    end = np.append(begin[1:], order.size) if order.size else begin
    spans = (day[end - 1] - day[begin] + 1)[end - begin >= THEFT_FRAUDS_MIN]
    if spans.size < EXAMPLES_MIN:
        return begin.size, Rules().customer_compromise_days
    return begin.size, int(np.ceil(np.quantile(spans, THEFT_SPAN_QUANTILE)))


def per_day(events: int, days: int) -> int:
    """A rate as the rules have it, a whole number."""
    return max(1, round(events / days))
