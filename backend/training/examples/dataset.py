"""Makes the rows that the shipped model is trained on."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from training.examples.histories import features, masked_features
from training.examples.protocol import day_index
from training.world.simulator import World

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# After the 37 days that the longest window needs to fill, and as many as fit in a minute of training.
FIRST_DATE, LAST_DATE = date(2018, 5, 23), date(2018, 8, 14)
MASKED_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Examples:
    """
    n rows of features (n, F), their labels (n,), and how many payments each stands for (n,); None is one each.
    """

    x: Floats
    fraud: Bools
    weight: Floats | None = None


def training_examples(world: World, *, seed: int, first: date = FIRST_DATE, last: date = LAST_DATE) -> Examples:
    """
    Make a row of each payment of twelve weeks, then masked rows of a third of these payments.

    Args:
        world: Must hold these days.
        seed: Chooses the masked rows and their masks.
        first, last: Days of the payments, inclusive; the default is that of the shipped model.
    """
    rng = np.random.default_rng(seed)
    day = world.day
    rows = np.flatnonzero((day >= day_index(first)) & (day <= day_index(last)))
    again = np.sort(rng.choice(rows, round(rows.size * MASKED_SHARE), replace=False))
    return Examples(
        x=np.concatenate([features(world, rows), masked_features(world, again, rng)]),
        fraud=np.concatenate([world.fraud[rows], world.fraud[again]]),
    )
