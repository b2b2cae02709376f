"""Maps the sum of the trees to a probability, by an ascending map of log-odds that comes with the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from brain.errors import ArtifactError

Floats = NDArray[np.float64]

KNOTS_MAX = 64


@dataclass(frozen=True, slots=True)
class Calibration:
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
        below, above = np.minimum(raw - self.raw[0], 0.0), np.maximum(raw - self.raw[-1], 0.0)
        return np.asarray(np.interp(raw, self.raw, self.calibrated) + below + above)

    def probabilities(self, raw: Floats) -> Floats:
        """Map the trees' log-odds (n,) to calibrated probabilities (n,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.log_odds(raw))))
