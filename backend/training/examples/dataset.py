"""The rows that the shipped model learns from, and those that its thresholds are chosen on."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import compute
from training.examples.histories import batches, features
from training.examples.masks import mask
from training.examples.protocol import day_index
from training.world.simulator import World

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Past the 37 days that the longest window needs to fill, and as many as fit in a minute of training.
FIRST_DATE, LAST_DATE = date(2018, 5, 23), date(2018, 8, 14)
MASKED_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Examples:
    """n rows of features (n, F) and what they turned out to be (n,)."""

    x: Floats
    fraud: Bools


def training_examples(world: World, *, seed: int, first: date = FIRST_DATE, last: date = LAST_DATE) -> Examples:
    """
    Every payment of twelve weeks as it is, and below them a third of these payments again, masked.

    Args:
        world: Long enough.
        seed: Of the choice of the masked rows and of their masks.
        first, last: Days of the payments, both included; the default is what the shipped model learns from.
    """
    rng = np.random.default_rng(seed)
    day = world.day
    rows = np.flatnonzero((day >= day_index(first)) & (day <= day_index(last)))
    again = np.sort(rng.choice(rows, round(rows.size * MASKED_SHARE), replace=False))
    masked = [compute(mask(batch, rng)) for batch in batches(world, again)]
    return Examples(
        x=np.concatenate([features(world, rows), *masked]),
        fraud=np.concatenate([world.fraud[rows], world.fraud[again]]),
    )
