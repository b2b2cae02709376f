"""Measures whether scores are probabilities: of the payments scored 2 %, are 2 % frauds?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BINS_A_DECADE = 4
LOWEST = 1e-4
FRAUDS_MIN = 100  # in a bin, for its rate to be known to a fifth
Z_95 = 1.96

_LIKELIEST = 1e-12


@dataclass(frozen=True, slots=True)
class Bin:
    """
    Payments with scores between two limits.

    Attributes:
        low, high: The limits; the last bin's upper one is included.
        payments, frauds: Their numbers.
        predicted: The mean score.
    """

    low: float
    high: float
    payments: int
    frauds: int
    predicted: float

    @property
    def observed(self) -> float:
        """The share of frauds."""
        return self.frauds / self.payments

    @property
    def interval(self) -> tuple[float, float]:
        """
        The 95 % confidence interval of the share, if the payments were independent.

        Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
        """
        n, p, z2 = self.payments, self.observed, Z_95 * Z_95
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z_95 / (1 + z2 / n) * float(np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)))
        return middle - half, middle + half


@dataclass(frozen=True, slots=True)
class Reliability:
    """
    How far scores are from being probabilities.

    Attributes:
        bins: Those that are not empty, ascending, equally wide on a logarithmic scale.
        brier: Mean squared distance of the score from the label, 0 or 1.
        log_loss: Mean negative log-likelihood, natural logarithm.
        error: Expected calibration error: mean distance of predicted and observed share over payments, by their bins.
    """

    bins: list[Bin]
    brier: float
    log_loss: float
    error: float

    @classmethod
    def of(cls, fraud: Bools, scores: Floats) -> "Reliability":
        """Measure n payments by their labels (n,) and scores (n,)."""
        bins = _bins(fraud, scores)
        safe = np.clip(scores, _LIKELIEST, 1 - _LIKELIEST)
        return cls(
            bins=bins,
            brier=float(np.mean((scores - fraud) ** 2)),
            log_loss=float(-np.mean(np.where(fraud, np.log(safe), np.log1p(-safe)))),
            error=sum(abs(one.observed - one.predicted) * one.payments for one in bins) / fraud.size,
        )

    @property
    def ratios(self) -> list[float]:
        """Observed divided by predicted share, of the bins with at least FRAUDS_MIN frauds."""
        return [one.observed / one.predicted for one in self.bins if one.frauds >= FRAUDS_MIN]


def _bins(fraud: Bools, scores: Floats) -> list[Bin]:
    decades = round(-np.log10(LOWEST))
    edges = np.concatenate(([0.0], np.logspace(-decades, 0, decades * BINS_A_DECADE + 1)))
    index = np.clip(np.digitize(scores, edges) - 1, 0, edges.size - 2)
    payments = np.bincount(index, minlength=edges.size - 1)
    frauds = np.bincount(index, weights=fraud, minlength=edges.size - 1)
    sums = np.bincount(index, weights=scores, minlength=edges.size - 1)
    return [
        Bin(float(edges[i]), float(edges[i + 1]), int(payments[i]), int(frauds[i]), float(sums[i] / payments[i]))
        for i in np.flatnonzero(payments)
    ]
