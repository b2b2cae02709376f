"""Computes what the history of a card, a device, a network address or an email address tells."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import CARD, KEYS, MERCHANT, USER, Row
from brain.compiled import borrowing
from brain.domain import DAY_MS, HOUR_MS
from brain.features.distinct import begin_set, count_in
from brain.features.windows import UNREADABLE, Window

Events = NDArray[np.void]

# Five units of the reference currency: who tries stolen cards takes amounts that their owners overlook.
SMALL_MINOR = 5_00


class Link(NamedTuple):
    """
    What one history tells. Unknown without it.

    Distinct cards, users and merchants include those of the payment itself, so 4 cards means that this is the fourth,
    or one of four; no more than DISTINCT_MAX are counted.

    Attributes:
        small_run: The newest payments of the last day that are all small, up to the first one that is not.
        days_known: Since the oldest payment in the window; 0 where this is the first.
    """

    count_1h: float
    count_1d: float
    cards_1d: float
    cards_30d: float
    users_1d: float
    users_30d: float
    merchants_1d: float
    frauds_30d: float
    small_run: float
    days_known: float


UNKNOWN_LINK = Link(*10 * (math.nan,))


@borrowing
def link_of(seen: Window, query: Row, events: Events) -> Link:
    """Compute what a history tells, newest event first."""
    if seen.n == UNREADABLE:
        return UNKNOWN_LINK
    cards, users, merchants = seen.sets[0], seen.sets[1], seen.sets[2]
    begin_set(cards, query[KEYS + CARD])
    begin_set(users, query[KEYS + USER])
    begin_set(merchants, query[KEYS + MERCHANT])
    in_hour = in_day = frauds = small_run = 0
    cards_1d, users_1d, merchants_1d = cards[0], users[0], merchants[0]
    is_run = True
    for i in range(seen.n):
        age_ms = seen.age_ms[i]
        keys = events[seen.slot[i]]["keys"]
        if cards[0] == 0 or keys[CARD] != cards[cards[0]]:  # mostly the last one again: a call costs more than an event
            count_in(cards, keys[CARD])
        if users[0] == 0 or keys[USER] != users[users[0]]:
            count_in(users, keys[USER])
        frauds += seen.fraud[i]
        if age_ms > DAY_MS:
            continue
        in_hour += age_ms <= HOUR_MS
        in_day += 1
        count_in(merchants, keys[MERCHANT])
        cards_1d, users_1d, merchants_1d = cards[0], users[0], merchants[0]
        is_run = is_run and seen.amount_minor[i] < SMALL_MINOR
        small_run += is_run
    days_known = seen.age_ms[seen.n - 1] / DAY_MS if seen.n > 0 else 0.0
    return Link(
        count_1h=float(in_hour),
        count_1d=float(in_day),
        cards_1d=float(cards_1d),
        cards_30d=float(cards[0]),
        users_1d=float(users_1d),
        users_30d=float(users[0]),
        merchants_1d=float(merchants_1d),
        frauds_30d=float(frauds),
        small_run=float(small_run),
        days_known=days_known,
    )
