"""Evaluates a new model on weeks of worlds that it was not trained on, before it is shipped."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.metrics import Figures, figures, mean
from training.examples.histories import features
from training.examples.protocol import FIRST_TEST_DAY, TEST_DAYS, judged_rows
from training.world.simulator import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WEEKS = 8
FIRST_DAY = FIRST_TEST_DAY - WEEKS * TEST_DAYS  # so that the weeks of the evaluation stay unseen


@dataclass(frozen=True, slots=True)
class Validation:
    """
    All payments of the validation weeks of some worlds, as a live service would see them.

    Attributes:
        worlds: The worlds.
        rows: The indices of the payments of each world.
        x: (n, F) features of all of them, world by world.
    """

    worlds: tuple[World, ...]
    rows: tuple[Ints, ...]
    x: Floats

    @classmethod
    def of(cls, *worlds: World) -> "Validation":
        """Select the eight weeks before those of the evaluation."""
        rows = tuple(np.flatnonzero((world.day >= FIRST_DAY) & (world.day < FIRST_TEST_DAY)) for world in worlds)
        return cls(worlds, rows, np.concatenate([features(world, of) for world, of in zip(worlds, rows, strict=True)]))

    @property
    def fraud(self) -> Bools:
        """(n,) whether each payment was fraud."""
        return np.concatenate([world.fraud[of] for world, of in zip(self.worlds, self.rows, strict=True)])

    def figures(self, scores: Floats) -> Figures:
        """Compute the mean figures of the weeks by the book's protocol, from scores (n,) of all payments."""
        weeks = []
        ends = np.cumsum([of.size for of in self.rows])
        for world, of, scored in zip(self.worlds, self.rows, np.split(scores, ends[:-1]), strict=True):
            score = np.full(world.fraud.size, np.nan)
            score[of] = scored
            for week in range(WEEKS):
                rows = judged_rows(world, FIRST_DAY + week * TEST_DAYS)
                weeks.append(figures(world.fraud[rows], score[rows], world.day[rows], world.user[rows]))
        return mean(weeks)

    def described(self, scores: Floats) -> dict[str, float]:
        """Compute the same figures, rounded for the model's metadata."""
        return {name: round(value, 4) for name, value in asdict(self.figures(scores)).items()}
