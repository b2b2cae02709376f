"""Holds payments as columns, of any origin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.world.simulator import DAY_MS, START_MS

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Payments:
    """
    n payments, ascending in time.

    Attributes:
        time_ms: Event time, milliseconds since the epoch, UTC.
        user: Index of the customer, 0 to their number - 1.
        terminal: Index of the terminal, likewise.
        amount_minor: Hundredths of the currency unit.
        fraud: Whether it was fraud.
    """

    time_ms: Ints
    user: Ints
    terminal: Ints
    amount_minor: Ints
    fraud: Bools

    @property
    def day(self) -> Ints:
        """(n,) day of each payment, counted from 2018-04-01, the first day of every simulated world."""
        return (self.time_ms - START_MS) // DAY_MS
