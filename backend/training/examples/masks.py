"""
Masks training rows as a live service may see them: without a merchant or signals, without history, before any label.

A tree that was never trained on an unknown value treats it as 0. So a share of the rows is used a second time with
some of what was known removed, exactly as serving would lack it.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from brain.columns import ADDRESS, AMOUNT_MINOR, CARD, DEVICE, EMAIL, KEYS, MERCHANT, NOBODY, USER, Rows
from brain.domain import DAY_MS
from brain.features.windows import UNKNOWN, UNREADABLE
from brain.history.layout import WINDOW_MS

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SHORTEST_HISTORY_DAYS = 1 / 24
LONGEST_HISTORY_DAYS = 30.0
LINKS = (CARD, DEVICE, ADDRESS, EMAIL)


@dataclass(frozen=True, slots=True)
class Shares:
    """
    Shares of masked rows that lose something; losses of one side exclude each other.

    Attributes:
        signal_absent: Of every signal of `training.examples.signals`, independently of the others.
        signals_absent: Of rows that lose all of them.
        link_new: Of every card, device and address, independently: there is no earlier payment.
        store_away: Of rows of which no history can be read, the merchant's neither.
    """

    merchant_absent: float = 0.40
    merchant_new: float = 0.10
    merchant_young: float = 0.15
    user_new: float = 0.25
    user_unreadable: float = 0.15
    user_young: float = 0.15
    unlabelled: float = 0.25
    amount_unknown: float = 0.03
    signal_absent: float = 0.30
    signals_absent: float = 0.20
    link_new: float = 0.15
    store_away: float = 0.10


class Masked(NamedTuple):
    """
    What is known of n queries.

    Attributes:
        queries: (n, COLUMNS) their rows.
        reach_ms: (n, kinds) how far back each history can be seen; 0 for no event, UNREADABLE for not at all.
        has_labels: (n,) False where no label ever came, so that all old payments count as genuine.
    """

    queries: Rows
    reach_ms: Ints
    has_labels: Bools

    @classmethod
    def nothing(cls, queries: Rows) -> Self:
        """Return n queries of which all is known."""
        return cls(queries, np.tile(np.array(WINDOW_MS), (len(queries), 1)), np.ones(len(queries), dtype=np.bool_))


def mask(queries: Rows, rng: np.random.Generator, shares: Shares | None = None) -> Masked:
    """
    Remove random parts of what is known about n queries.

    Absent: the query names no merchant. New: there is no earlier payment. Unreadable: the memory does not reach back
    as far, so cards, devices and addresses cannot be read either, whose windows are as long as the user's. Young: the
    service itself is only hours or days old, for these too. Unlabelled: frauds are never reported. An amount is unknown
    when its currency has no rate.
    """
    shares = shares or Shares()
    n, links_rng = len(queries), rng.spawn(1)[0]  # of their own: see `masked_features`
    absent, new_merchant, young_merchant = _draw(
        rng, n, shares.merchant_absent, shares.merchant_new, shares.merchant_young
    )
    unreadable, new_user, young_user = _draw(rng, n, shares.user_unreadable, shares.user_new, shares.user_young)
    labelled = rng.random(n) >= shares.unlabelled
    has_amount = rng.random(n) >= shares.amount_unknown
    span = np.log(LONGEST_HISTORY_DAYS / SHORTEST_HISTORY_DAYS)
    young_ms = (SHORTEST_HISTORY_DAYS * np.exp(rng.random(n) * span) * DAY_MS).astype(np.int64)

    known = Masked.nothing(queries.copy())
    known.queries[~has_amount, AMOUNT_MINOR] = UNKNOWN
    known.queries[absent, KEYS + MERCHANT] = NOBODY
    known.has_labels[:] = labelled
    _limit(known.reach_ms, USER, new_user, young_user, young_ms)
    known.reach_ms[unreadable, USER] = UNREADABLE
    _limit(known.reach_ms, MERCHANT, new_merchant, young_merchant, young_ms)
    for kind in LINKS:
        _limit(known.reach_ms, kind, links_rng.random(n) < shares.link_new, young_user, young_ms)
        known.reach_ms[unreadable, kind] = UNREADABLE
    known.reach_ms[links_rng.random(n) < shares.store_away] = UNREADABLE
    return known


def _limit(reach_ms: Ints, kind: int, is_new: Bools, is_young: Bools, young_ms: Ints) -> None:
    reach_ms[is_young, kind] = np.minimum(young_ms, reach_ms[:, kind])[is_young]
    reach_ms[is_new, kind] = 0


def _draw(rng: np.random.Generator, n: int, *shares: float) -> list[Bools]:
    """Draw disjoint random subsets of n rows with these shares."""
    draw = rng.random(n)
    edges = [0.0, *np.cumsum(shares)]
    return [(draw >= low) & (draw < high) for low, high in pairwise(edges)]
