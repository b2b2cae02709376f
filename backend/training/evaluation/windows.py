"""Lays out the histories of many payments of a world at once, for the oracle."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.domain import (
    DAY_MS,
    LABEL_DELAY_MS,
    MERCHANT_EVENTS_MAX,
    MERCHANT_WINDOW_DAYS,
    USER_EVENTS_MAX,
    USER_WINDOW_DAYS,
)
from brain.features.windows import AMOUNT_MINOR_MAX, NEVER_MS
from training.world.simulator import World

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CHUNK_ROWS = 4096  # about 50 MB of padded arrays
_TIME_BITS = 41  # milliseconds since the epoch until the year 2039


class Windows(NamedTuple):
    """
    The windows of n histories, newest event first: (n, w) each.

    Attributes:
        age_ms: How long before the query; NEVER_MS where there is no event.
        amount_minor: Hundredths.
        known, fraud: Whether its label was known then, and that it was fraud.
    """

    age_ms: Ints
    amount_minor: Ints
    known: Bools
    fraud: Bools


@dataclass(frozen=True, slots=True)
class Ledger:
    """All payments of one side, sorted by member and time, so that a history is a slice."""

    key: Ints
    amount_minor: Ints
    fraud: Bools
    window_days: int
    events_max: int

    @classmethod
    def of_users(cls, world: World) -> "Ledger":
        """Sort the histories of customers."""
        return cls._sort(world, world.user, USER_WINDOW_DAYS, USER_EVENTS_MAX)

    @classmethod
    def of_terminals(cls, world: World) -> "Ledger":
        """Sort the histories of terminals."""
        return cls._sort(world, world.terminal, MERCHANT_WINDOW_DAYS, MERCHANT_EVENTS_MAX)

    @classmethod
    def _sort(cls, world: World, member: Ints, window_days: int, most: int) -> "Ledger":
        amount = np.clip(world.amount_minor, 0, AMOUNT_MINOR_MAX)
        order = np.lexsort((world.fraud, amount, world.time_ms, member))
        key = (member << _TIME_BITS) | world.time_ms
        return cls(key[order], amount[order], world.fraud[order], window_days, most)

    def window(self, member: Ints, time_ms: Ints) -> Windows:
        """Return the history of each member (n,) before each time (n,), with labels 7 days late."""
        now = (member << _TIME_BITS) | time_ms
        end = np.searchsorted(self.key, now)
        begin = np.searchsorted(self.key, now - self.window_days * DAY_MS)
        counts = np.minimum(end - begin, self.events_max)

        column = np.arange(int(counts.max(initial=0)))
        there = column < counts[:, None]
        at = np.where(there, end[:, None] - 1 - column, 0)
        age_ms = np.where(there, now[:, None] - self.key[at], NEVER_MS)
        known = (age_ms >= LABEL_DELAY_MS) & there
        return Windows(
            age_ms=age_ms,
            amount_minor=np.where(there, self.amount_minor[at], 0),
            known=known,
            fraud=known & self.fraud[at],
        )
