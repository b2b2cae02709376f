"""
The book's weekly test: seven days to train, seven days until labels are known, seven days to be judged.

Source: the Fraud Detection Handbook, chapter 3, "Baseline fraud detection system", and chapter 5.
"""

from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from training.simulate import DAY_MS, START_MS, World

Ints = NDArray[np.int64]

TRAIN_DAYS = DELAY_DAYS = TEST_DAYS = 7


def day_index(day: date) -> int:
    """Days from the start of every world to this date."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (int(midnight.timestamp() * 1000) - START_MS) // DAY_MS


FIRST_TEST_DAY = day_index(date(2018, 8, 8))


def judged_rows(world: World, first_day: int) -> Ints:
    """
    The payments of the test week that starts on `first_day`, in order of time.

    Cards already known as defrauded are out, for nobody would still score them: on each test day those with a
    fraud between the first training day and eight days before.
    """
    day = world.day
    rows = []
    for today in range(first_day, first_day + TEST_DAYS):
        told = (day >= first_day - TRAIN_DAYS - DELAY_DAYS) & (day < today - DELAY_DAYS) & world.fraud
        rows.append(np.flatnonzero((day == today) & ~np.isin(world.user, world.user[told])))
    return np.concatenate(rows)
