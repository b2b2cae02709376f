"""Makes batches of a whole world: the padded arrays that serving builds from events, gathered from columns."""

from collections.abc import Iterator
from dataclasses import dataclass

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
from brain.features.formulas import FEATURE_NAMES, compute
from brain.features.windows import NEVER_MS, Batch, Windows, clip_amounts
from training.world.payments import Payments
from training.world.simulator import World

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Paid = World | Payments

CHUNK_ROWS = 4096  # about 50 MB of padded arrays
_TIME_BITS = 41  # milliseconds since the epoch until the year 2039


@dataclass(frozen=True, slots=True)
class Ledger:
    """All payments of one side, sorted by member and time, so that a history is a slice."""

    key: Ints
    amount_minor: Ints
    fraud: Bools
    counterparty: Ints
    window_days: int
    events_max: int

    @classmethod
    def of_users(cls, world: Paid) -> "Ledger":
        """Sort the histories of customers."""
        return cls._sort(world, world.user, world.terminal, USER_WINDOW_DAYS, USER_EVENTS_MAX)

    @classmethod
    def of_terminals(cls, world: Paid) -> "Ledger":
        """Sort the histories of terminals."""
        return cls._sort(world, world.terminal, world.user, MERCHANT_WINDOW_DAYS, MERCHANT_EVENTS_MAX)

    @classmethod
    def _sort(cls, world: Paid, member: Ints, counterparty: Ints, window_days: int, most: int) -> "Ledger":
        amount = clip_amounts(world.amount_minor)
        order = np.lexsort((world.fraud, amount, world.time_ms, member))
        key = (member << _TIME_BITS) | world.time_ms
        return cls(key[order], amount[order], world.fraud[order], counterparty[order], window_days, most)

    def window(
        self, member: Ints, counterparty: Ints, time_ms: Ints, *, label_delay_ms: int = LABEL_DELAY_MS
    ) -> Windows:
        """Return the history of each member (n,) before each time (n,), with labels 7 days late."""
        now = (member << _TIME_BITS) | time_ms
        end = np.searchsorted(self.key, now)
        begin = np.searchsorted(self.key, now - self.window_days * DAY_MS)
        counts = np.minimum(end - begin, self.events_max)

        column = np.arange(int(counts.max(initial=0)))
        there = column < counts[:, None]
        at = np.where(there, end[:, None] - 1 - column, 0)
        age_ms = np.where(there, now[:, None] - self.key[at], NEVER_MS)
        # A label counts once it is known. A payment as old as serving waits for one counts as genuine without it.
        labelled = age_ms >= label_delay_ms
        known, fraud = labelled | (age_ms >= LABEL_DELAY_MS), labelled & self.fraud[at]
        return Windows(
            counts=counts,
            age_ms=age_ms,
            amount_minor=np.where(there, self.amount_minor[at], 0),
            known=known & there,
            fraud=fraud & there,
            same=(self.counterparty[at] == counterparty[:, None]) & there,
        )


def batches(world: Paid, rows: Ints, *, label_delay_ms: int = LABEL_DELAY_MS) -> Iterator[Batch]:
    """
    Yield the batches of these rows of the world, in order, at most CHUNK_ROWS in each.

    Args:
        world, rows: The payments.
        label_delay_ms: How late frauds become known. A delay other than that of serving shows its effect.
    """
    users, terminals = Ledger.of_users(world), Ledger.of_terminals(world)
    for start in range(0, rows.size, CHUNK_ROWS):
        chunk = rows[start : start + CHUNK_ROWS]
        user, terminal, time_ms = world.user[chunk], world.terminal[chunk], world.time_ms[chunk]
        yield Batch(
            amount_minor=clip_amounts(world.amount_minor[chunk]),
            user=users.window(user, terminal, time_ms, label_delay_ms=label_delay_ms),
            merchant=terminals.window(terminal, user, time_ms, label_delay_ms=label_delay_ms),
        )


def features(world: Paid, rows: Ints, *, label_delay_ms: int = LABEL_DELAY_MS) -> NDArray[np.float64]:
    """Compute what serving would for these payments of the world: (rows, F)."""
    parts = [compute(batch) for batch in batches(world, rows, label_delay_ms=label_delay_ms)]
    return np.concatenate(parts) if parts else np.empty((0, len(FEATURE_NAMES)))
