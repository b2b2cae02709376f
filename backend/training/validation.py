"""How a fresh model does on weeks of a world that it has not learnt from, before it is shipped."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from training.histories import features
from training.metrics import Figures, figures, mean
from training.protocol import FIRST_TEST_DAY, TEST_DAYS, judged_rows
from training.simulate import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WEEKS = 4
FIRST_DAY = FIRST_TEST_DAY - WEEKS * TEST_DAYS  # so that the weeks of the evaluation stay unseen


@dataclass(frozen=True, slots=True)
class Validation:
    """
    All payments of the validation weeks, as a live service sees them.

    Attributes:
        world: Where they are from.
        rows: (n,) which payments of the world.
        x: (n, F) their features.
    """

    world: World
    rows: Ints
    x: Floats

    @classmethod
    def of(cls, world: World) -> "Validation":
        """The four weeks before those of the evaluation."""
        rows = np.flatnonzero((world.day >= FIRST_DAY) & (world.day < FIRST_TEST_DAY))
        return cls(world, rows, features(world, rows))

    @property
    def fraud(self) -> Bools:
        """(n,) what each payment was."""
        return self.world.fraud[self.rows]

    def figures(self, scores: Floats) -> Figures:
        """Mean figures of the weeks by the book's protocol, for scores (n,) of all payments."""
        world = self.world
        score = np.full(world.fraud.size, np.nan)
        score[self.rows] = scores
        weeks = []
        for week in range(WEEKS):
            rows = judged_rows(world, FIRST_DAY + week * TEST_DAYS)
            weeks.append(figures(world.fraud[rows], score[rows], world.day[rows], world.user[rows]))
        return mean(weeks)

    def described(self, scores: Floats) -> dict[str, float]:
        """The same figures, rounded for the model's metadata."""
        return {name: round(value, 4) for name, value in asdict(self.figures(scores)).items()}
