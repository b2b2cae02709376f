"""
Masks training rows as a live service may see them: without a merchant, without history, before any label.

A tree that was never trained on an unknown value treats it as 0. So a share of the rows is used a second time with
some of what was known removed, exactly as serving would lack it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS
from brain.features.windows import NEVER_MS, UNKNOWN, UNREADABLE, Batch, Windows

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

SHORTEST_HISTORY_DAYS = 1 / 24
LONGEST_HISTORY_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of masked rows that lose something; losses of one side exclude each other."""

    merchant_absent: float = 0.40
    merchant_new: float = 0.10
    merchant_young: float = 0.15
    user_new: float = 0.25
    user_unreadable: float = 0.15
    user_young: float = 0.15
    unlabelled: float = 0.25
    amount_unknown: float = 0.03


def mask(batch: Batch, rng: np.random.Generator, shares: Shares | None = None) -> Batch:
    """
    Remove random parts of what is known about the queries.

    Absent: the query names no merchant. New: there is no earlier payment. Unreadable: the store was away. Young:
    the service itself is only hours or days old. Unlabelled: frauds are never reported. An amount is unknown when its
    currency has no rate.
    """
    shares = shares or Shares()
    n = len(batch.amount_minor)
    absent, new_merchant, young_merchant = _draw(
        rng, n, shares.merchant_absent, shares.merchant_new, shares.merchant_young
    )
    unreadable, new_user, young_user = _draw(rng, n, shares.user_unreadable, shares.user_new, shares.user_young)
    labelled = rng.random(n) >= shares.unlabelled
    has_amount = rng.random(n) >= shares.amount_unknown
    span = np.log(LONGEST_HISTORY_DAYS / SHORTEST_HISTORY_DAYS)
    reach_ms = SHORTEST_HISTORY_DAYS * np.exp(rng.random(n) * span) * DAY_MS
    return Batch(
        amount_minor=np.where(has_amount, batch.amount_minor, UNKNOWN),
        user=lose(
            batch.user,
            unreadable=unreadable,
            reach_ms=np.where(new_user | unreadable, 0, np.where(young_user, reach_ms, NEVER_MS)),
            labelled=labelled,
        ),
        merchant=lose(
            batch.merchant,
            unreadable=absent,
            reach_ms=np.where(new_merchant | absent, 0, np.where(young_merchant, reach_ms, NEVER_MS)),
            labelled=labelled,
        ),
    )


def lose(windows: Windows, *, unreadable: Bools, reach_ms: Floats, labelled: Bools) -> Windows:
    """
    Remove part of each history.

    Args:
        windows: n of them.
        unreadable: (n,) rows whose history cannot be read; their reach must be 0.
        reach_ms: (n,) how far back the history goes: 0 for none.
        labelled: (n,) False where no label ever came, so that all old payments count as genuine.
    """
    kept = (windows.age_ms <= reach_ms[:, None]) & (windows.age_ms < NEVER_MS)
    readable = (windows.counts != UNREADABLE) & ~unreadable
    return Windows(
        counts=np.where(readable, np.count_nonzero(kept, axis=1), UNREADABLE),
        age_ms=np.where(kept, windows.age_ms, NEVER_MS),
        amount_minor=np.where(kept, windows.amount_minor, 0),
        known=windows.known & kept,
        fraud=windows.fraud & kept & labelled[:, None],
        same=windows.same & kept,
    )


def _draw(rng: np.random.Generator, n: int, *shares: float) -> list[Bools]:
    """Draw disjoint random subsets of n rows with these shares."""
    draw = rng.random(n)
    edges = [0.0, *np.cumsum(shares)]
    return [(draw >= low) & (draw < high) for low, high in pairwise(edges)]
