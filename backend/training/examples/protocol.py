"""
Defines the book's weekly test: seven days to train, seven days until labels are known, seven days to evaluate.

Source: the Fraud Detection Handbook, chapter 3, "Baseline fraud detection system", and chapter 5.
"""

from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from brain.domain import MERCHANT_WINDOW_DAYS, USER_WINDOW_DAYS
from training.errors import UnusableDataError
from training.world.simulator import DAY_MS, START_MS, World

Ints = NDArray[np.int64]

TRAIN_DAYS = DELAY_DAYS = TEST_DAYS = 7
WEEKS = 7  # from 8 August to the end of the book's world
WARM_UP_DAYS = max(USER_WINDOW_DAYS, MERCHANT_WINDOW_DAYS)  # until the longest window of the features is full


def day_index(day: date) -> int:
    """Count the days from the start of every world to this date."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (int(midnight.timestamp() * 1000) - START_MS) // DAY_MS


FIRST_TEST_DAY = day_index(date(2018, 8, 8))


def date_of(day_index: int) -> date:
    """Return the date that is `day_index` days after the start of every world."""
    return datetime.fromtimestamp((START_MS + day_index * DAY_MS) / 1000, UTC).date()


def first_test_days(world: World, *, most: int = WEEKS) -> list[int]:
    """
    Find the first days of the test weeks: the book's, from 8 August on, if the world has them, else its last weeks.

    A week counts if the world holds all its days and as many days before it as the features look back.

    Raises:
        UnusableDataError: there is no such week.
    """
    if world.time_ms.size == 0:
        raise UnusableDataError("the world has no payment at all")
    first, past = int(world.day[0]), int(world.day[-1]) + 1
    earliest = first + WARM_UP_DAYS
    books = (past - FIRST_TEST_DAY) // TEST_DAYS
    if earliest <= FIRST_TEST_DAY and books > 0:
        return [FIRST_TEST_DAY + week * TEST_DAYS for week in range(min(most, books))]
    weeks = min(most, (past - earliest) // TEST_DAYS)
    if weeks < 1:
        raise UnusableDataError(
            f"{past - first} days of payments, {date_of(first)} to {date_of(past - 1)}, are too few: a test week of "
            f"{TEST_DAYS} days needs {WARM_UP_DAYS} days before it"
        )
    return [past - week * TEST_DAYS for week in range(weeks, 0, -1)]


def judged_rows(world: World, first_day: int) -> Ints:
    """
    Select the payments of the test week that starts on `first_day`, in order of time.

    Cards that are already known as compromised are left out, as the book does: on each test day those with a fraud
    between the first training day and eight days before.
    """
    day = world.day
    rows = []
    for today in range(first_day, first_day + TEST_DAYS):
        known = (day >= first_day - TRAIN_DAYS - DELAY_DAYS) & (day < today - DELAY_DAYS) & world.fraud
        rows.append(np.flatnonzero((day == today) & ~np.isin(world.user, world.user[known])))
    return np.concatenate(rows)
