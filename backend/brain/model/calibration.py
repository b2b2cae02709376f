"""Maps the sum of the trees to a probability, by an ascending map of log-odds that comes with the model."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from brain.compiled import borrowing, compiled
from brain.errors import ArtifactError

Floats = NDArray[np.float64]

KNOTS_MAX = 64


class Calibration(NamedTuple):
    """
    A piecewise linear map through k knots, with slope 1 outside of them.

    It ascends, so the ranking of payments is the same before and after.

    Attributes:
        raw: (k,) log-odds as the trees add them up, ascending.
        calibrated: (k,) the calibrated log-odds of each, ascending.
    """

    raw: Floats
    calibrated: Floats

    @classmethod
    def none(cls) -> Self:
        """Return the map that changes nothing."""
        return cls(np.zeros(1), np.zeros(1))

    @classmethod
    def read(cls, metadata: Mapping[str, Any] | None) -> Self:
        """
        Read the map from a model's metadata; without one, scores stay as they are.

        Raises:
            ArtifactError: the knots do not ascend, or are not as many on both sides.
        """
        if metadata is None:
            return cls.none()
        raw, calibrated = (np.array(metadata[side], dtype=np.float64) for side in ("raw", "calibrated"))
        if raw.ndim != 1 or raw.shape != calibrated.shape or not 0 < raw.size <= KNOTS_MAX:
            raise ArtifactError(f"a calibration needs as many knots on both sides, 1 to {KNOTS_MAX}")
        for knots in (raw, calibrated):
            if not np.isfinite(knots).all() or (np.diff(knots) <= 0).any():
                raise ArtifactError(f"the knots of a calibration must ascend: {knots.tolist()}")
        return cls(raw, calibrated)

    def written(self) -> dict[str, list[float]]:
        """Return what `read` takes."""
        return {"raw": self.raw.tolist(), "calibrated": self.calibrated.tolist()}

    def log_odds(self, raw: Floats) -> Floats:
        """Map the trees' log-odds (n,) to calibrated log-odds (n,)."""
        return _each_log_odds(self, raw)

    def probabilities(self, raw: Floats) -> Floats:
        """Map the trees' log-odds (n,) to calibrated probabilities (n,)."""
        return _each_probability(self, raw)


@borrowing
def calibrated_probability(calibration: Calibration, raw: float) -> float:
    """Map the trees' log-odds to a calibrated probability."""
    return 1.0 / (1.0 + math.exp(-_calibrated_log_odds(calibration, raw)))


@borrowing
def _calibrated_log_odds(calibration: Calibration, raw: float) -> float:
    knots, values = calibration.raw, calibration.calibrated
    if math.isnan(raw):
        return raw
    if raw <= knots[0]:
        return float(values[0] + (raw - knots[0]))
    if raw >= knots[-1]:
        return float(values[-1] + (raw - knots[-1]))
    above = 1
    while knots[above] < raw:
        above += 1
    slope = (values[above] - values[above - 1]) / (knots[above] - knots[above - 1])
    return float(slope * (raw - knots[above - 1]) + values[above - 1])


@compiled
def _each_log_odds(calibration: Calibration, raw: Floats) -> Floats:
    log_odds = np.empty(len(raw))
    for n in range(len(raw)):
        log_odds[n] = _calibrated_log_odds(calibration, raw[n])
    return log_odds


@compiled
def _each_probability(calibration: Calibration, raw: Floats) -> Floats:
    probabilities = np.empty(len(raw))
    for n in range(len(raw)):
        probabilities[n] = calibrated_probability(calibration, raw[n])
    return probabilities
