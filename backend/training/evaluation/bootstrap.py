"""
Estimates how certain the figures of one world are, by drawing its cards again with replacement.

A card drawn twice counts as two cards; one draw serves all weeks, because weeks share their cards. A draw of cards
does not show that frauds at one terminal come together, nor that another world has other terminals: for that, see the
spread over seeds.
"""

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from training.evaluation.metrics import Figures, figures, mean
from training.evaluation.weeks import Week

Floats = NDArray[np.float64]

DRAWS = 100  # enough for a standard deviation that is right to 7 %
Z_95 = 1.96


def deviations(weeks: Sequence[Week], *, seed: int = 0, draws: int = DRAWS) -> tuple[Figures, float]:
    """
    Compute standard deviations over draws: of the model's mean figures, and of its AP divided by the ceiling's.

    Args:
        weeks: The test weeks of one world.
        seed: Of the random draws.
        draws: How many.
    """
    rng = np.random.default_rng(seed)
    cards = 1 + max(int(week.card.max()) for week in weeks)
    pairs = [_drawn(weeks, np.bincount(rng.integers(cards, size=cards), minlength=cards)) for _ in range(draws)]
    models = np.array([astuple(model) for model, _ in pairs])
    shares = np.array([model.ap / ceiling.ap for model, ceiling in pairs])
    return Figures(*models.std(axis=0, ddof=1).tolist()), float(shares.std(ddof=1))


def _drawn(weeks: Sequence[Week], times: NDArray[np.int64]) -> tuple[Figures, Figures]:
    """Compute the mean figures of model and oracle when each card counts `times` times."""
    models, ceilings = [], []
    for week in weeks:
        often = times[week.card]
        rows = np.repeat(np.arange(often.size), often)
        # the copies of a card are different cards
        copy = np.arange(rows.size) - (np.cumsum(often) - often)[rows]
        card = week.card[rows] * (times.max() + 1) + copy
        fraud, day = week.fraud[rows], week.day[rows]
        models.append(figures(fraud, week.scores[rows], day, card))
        ceilings.append(figures(fraud, week.oracle[rows], day, card))
    return mean(models), mean(ceilings)
