"""Fits the map from the trees' log-odds to a probability, on payments of unseen worlds."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from brain.model.calibration import Calibration

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STEP = float(np.log(2))  # a knot for each doubling of the odds
LOWEST_SHARE = 0.001  # of the payments lie below the first knot
GENUINE_ABOVE_MIN = 30  # payments above the last knot: with fewer, 97 % cannot be distinguished from 99 %
# A flat piece would tie scores that the trees separate; a steep one fits noise.
SLOPE_MIN, SLOPE_MAX = 0.1, 3.0
DIGITS = 4

_GROUPS_MAX = 20_000  # groups of neighbours in log-odds: a million rows cost no more than these


def fit(log_odds: Floats, fraud: Bools) -> Calibration:
    """
    Find the map of maximum likelihood.

    Args:
        log_odds: (n,) as the trees add them up.
        fraud: (n,) whether each payment was fraud.

    Raises:
        ValueError: there are too few genuine payments, or all log-odds are nearly the same.
    """
    knots = _knots(log_odds, fraud)
    rise = np.diff(knots)
    at, n, frauds = _grouped(log_odds, fraud)
    # The value at a payment: the first knot's value, plus the rises before it, plus the distance outside the knots.
    design = np.column_stack((np.ones_like(at), np.clip((at[:, None] - knots[:-1]) / rise, 0.0, 1.0)))
    outside = np.minimum(at - knots[0], 0.0) + np.maximum(at - knots[-1], 0.0)

    def loss(values: Floats) -> tuple[float, Floats]:
        z = design @ values + outside
        return float((n * np.logaddexp(0, z) - frauds * z).sum()), design.T @ (n / (1 + np.exp(-z)) - frauds)

    found = minimize(
        loss,
        np.concatenate((knots[:1], rise)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *zip(SLOPE_MIN * rise, SLOPE_MAX * rise, strict=True)],
        options={"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-15, "gtol": 1e-4},
    )
    return Calibration(knots, np.cumsum(found.x).round(DIGITS))


def _knots(log_odds: Floats, fraud: Bools) -> Floats:
    genuine = log_odds[~fraud]
    if genuine.size <= GENUINE_ABOVE_MIN:
        raise ValueError("a calibration needs genuine payments")
    low = np.quantile(log_odds, LOWEST_SHARE)
    high = np.partition(genuine, -GENUINE_ABOVE_MIN)[-GENUINE_ABOVE_MIN]
    if high - low < STEP:
        raise ValueError("the scores are all the same: there is nothing to calibrate")
    return np.linspace(low, high, round((high - low) / STEP) + 1).round(DIGITS)


def _grouped(log_odds: Floats, fraud: Bools) -> tuple[Floats, Floats, Floats]:
    """Group neighbouring payments: their mean log-odds, their number, and their number of frauds."""
    order = np.argsort(log_odds, kind="stable")
    first = np.unique(np.linspace(0, order.size, _GROUPS_MAX, endpoint=False).astype(np.int64))
    n = np.diff(np.append(first, order.size)).astype(np.float64)
    return np.add.reduceat(log_odds[order], first) / n, n, np.add.reduceat(fraud[order].astype(np.float64), first)
