"""
Baselines that every model must beat: the amount alone, and a logistic regression on amount, hour and category.

Both are kept in the artifact, so that a backtest on later payments compares with what could have been known before.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from brain.domain import DAY_MS
from training.own.judging import Judged
from training.own.limits import Wish, choose
from training.payments import NO_CODE, NO_OFFSET_MIN, Payments

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AMOUNT, LOGISTIC = "amount_alone", "logistic_regression"
BINS = 20
CATEGORIES_MAX = 50
PENALTY = 1.0  # on squared coefficients, against categories of a few payments
DIGITS = 4
_HOUR_MS, _MINUTE_MS = 3_600_000, 60_000


def fit_baselines(payments: Payments, rows: Ints, judged: Judged, wish: Wish, *, days: float) -> dict[str, Any]:
    """
    Fit both on these rows, and choose their thresholds as a model's are.

    Args:
        payments, rows: The payments to learn from.
        judged: Their labels, as they were known then.
        wish, days: As for `limits.choose`.
    """
    logistic = _fit(payments, rows, judged)
    found: dict[str, Any] = {AMOUNT: {}, LOGISTIC: logistic}
    for name in (AMOUNT, LOGISTIC):
        scores = baseline_scores(name, found[name], payments, rows)
        found[name]["thresholds"] = choose(judged, scores, wish, days=days)[0]
    return found


def baseline_scores(name: str, baseline: Mapping[str, Any], payments: Payments, rows: Ints) -> Floats:
    """Score these rows: (n,) between 0 and 1, so that thresholds are compared as those of models."""
    amount = np.maximum(payments.amount_minor[rows], 0) / 100
    if name == AMOUNT:
        return np.asarray(amount / (amount + 1000.0))
    bands = np.searchsorted(baseline["edges"], amount, side="right")
    odds = np.array(baseline["amounts"])[bands] + np.array(baseline["hours"])[_hours(payments, rows)]
    texts = payments.categories["category"]
    of_category = np.array([*(baseline["categories"].get(text, 0.0) for text in texts), 0.0])
    return np.asarray(1 / (1 + np.exp(-(odds + of_category[payments.category[rows]]))))


def _fit(payments: Payments, rows: Ints, judged: Judged) -> dict[str, Any]:
    """Find the coefficients of greatest likelihood; payments that look alike are counted together."""
    amount = np.maximum(payments.amount_minor[rows], 0) / 100
    edges = np.unique(np.round(np.quantile(amount, np.linspace(0, 1, BINS + 1)[1:-1]), 2))
    codes = payments.category[rows]
    common = np.argsort(-np.bincount(codes[codes != NO_CODE], minlength=1), kind="stable")[:CATEGORIES_MAX]
    place = np.full(max(len(payments.categories["category"]), 1) + 1, common.size)
    place[common] = np.arange(common.size)
    shape = (edges.size + 1, 24, common.size + 1)
    cells = (np.searchsorted(edges, amount, side="right"), _hours(payments, rows), place[codes])
    cell, at = np.unique(np.ravel_multi_index(cells, shape), return_inverse=True)
    n = np.bincount(at, weights=judged.weight)
    frauds = np.bincount(at, weights=judged.weight * judged.fraud)
    parts = np.unravel_index(cell, shape)
    starts = np.cumsum([0, *shape])

    def loss(values: Floats) -> tuple[float, Floats]:
        z = sum(values[start + part] for start, part in zip(starts, parts, strict=False)) + values[-1]
        slope = n / (1 + np.exp(-z)) - frauds
        gradient = np.concatenate(
            [np.bincount(part, weights=slope, minlength=size) for part, size in zip(parts, shape, strict=True)]
            + [np.array([slope.sum()])]
        )
        plain = values[:-1]
        gradient[:-1] += PENALTY * plain
        return float((n * np.logaddexp(0, z) - frauds * z).sum() + PENALTY / 2 * (plain @ plain)), gradient

    values = minimize(loss, np.zeros(starts[-1] + 1), jac=True, method="L-BFGS-B").x
    by_amount, by_hour, by_category = np.split(values[:-1], starts[1:-1])
    texts = payments.categories["category"]
    known = {texts[code]: number for code, number in zip(common.tolist(), by_category.tolist(), strict=False) if texts}
    return {
        "edges": edges.tolist(),
        "amounts": np.round(by_amount + values[-1], DIGITS).tolist(),
        "hours": np.round(by_hour, DIGITS).tolist(),
        "categories": {text: round(number, DIGITS) for text, number in known.items()},
    }


def _hours(payments: Payments, rows: Ints) -> Ints:
    offset_min = payments.utc_offset_min[rows]
    local_ms = payments.time_ms[rows] + np.where(offset_min > NO_OFFSET_MIN, offset_min, 0) * _MINUTE_MS
    return np.asarray(local_ms % DAY_MS // _HOUR_MS)
