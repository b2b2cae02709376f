"""Makes payments with the histories that a brain reads for them, from a simulated world."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from brain.domain import (
    LABEL_DELAY_DAYS,
    MERCHANT_EVENTS_MAX,
    MERCHANT_WINDOW_DAYS,
    USER_EVENTS_MAX,
    USER_WINDOW_DAYS,
    Event,
    Query,
)
from brain.features.columns import EventColumns
from training.world.simulator import DAY_MS, Rules, World, simulate

Ints = NDArray[np.int64]

DAYS = 45  # in the last week the longest window, 37 days, is full
LAST_WEEK = DAYS - 7


@dataclass(frozen=True, slots=True)
class Asked:
    """One batch: n queries, and the history of each one's user and merchant as the reader gives it."""

    queries: list[Query]
    users: list[EventColumns]
    merchants: list[EventColumns]


@dataclass(frozen=True, slots=True)
class Town:
    """
    A world of the book's size: in its last week a payment finds about 80 of its user and 38 at its merchant.

    Attributes:
        world: All payments.
        of_user: Rows of each customer, in order of time.
        of_merchant: Rows of each terminal, in order of time.
    """

    world: World = field(repr=False)
    of_user: list[Ints] = field(repr=False)
    of_merchant: list[Ints] = field(repr=False)

    @classmethod
    def build(cls, seed: int = 1) -> "Town":
        """Make the town of this seed, in about two seconds."""
        world = simulate(seed, Rules(days=DAYS))
        return cls(world, _rows_of(world.user, world.rules.customers), _rows_of(world.terminal, world.rules.terminals))

    @property
    def last_week(self) -> Ints:
        """The rows of payments whose histories are full."""
        return np.flatnonzero(self.world.day >= LAST_WEEK)

    def draw(self, size: int, rng: np.random.Generator) -> Asked:
        """Draw different payments of the last week, with their histories."""
        users, merchants = [], []
        rows = rng.choice(self.last_week, size, replace=False).tolist()
        for row in rows:
            now_ms = int(self.world.time_ms[row])
            users.append(EventColumns.of(self.user_events(int(self.world.user[row]), now_ms=now_ms)))
            merchants.append(EventColumns.of(self.merchant_events(int(self.world.terminal[row]), now_ms=now_ms)))
        return Asked([self.query(row) for row in rows], users, merchants)

    def query(self, row: int) -> Query:
        """Make the query of one payment."""
        world = self.world
        return Query(
            _transaction_id(row),
            int(world.time_ms[row]),
            int(world.amount_minor[row]),
            user_id(int(world.user[row])),
            merchant_id(int(world.terminal[row])),
        )

    def user_events(self, user: int, *, now_ms: int) -> list[Event]:
        """Return the history of a customer just before this time, newest first."""
        rows = self._kept(self.of_user[user], now_ms, USER_WINDOW_DAYS, USER_EVENTS_MAX)
        return [self._event(row, merchant_id(int(self.world.terminal[row])), now_ms) for row in rows]

    def merchant_events(self, merchant: int, *, now_ms: int) -> list[Event]:
        """Return the history of a terminal just before this time, newest first."""
        rows = self._kept(self.of_merchant[merchant], now_ms, MERCHANT_WINDOW_DAYS, MERCHANT_EVENTS_MAX)
        return [self._event(row, user_id(int(self.world.user[row])), now_ms) for row in rows]

    def _kept(self, rows: Ints, now_ms: int, days: int, most: int) -> list[int]:
        time_ms = self.world.time_ms[rows]
        newest_first: Ints = rows[(time_ms < now_ms) & (time_ms >= now_ms - days * DAY_MS)][::-1]
        return [int(row) for row in newest_first[:most]]

    def _event(self, row: int, counterparty: str, now_ms: int) -> Event:
        time_ms, amount = int(self.world.time_ms[row]), int(self.world.amount_minor[row])
        known_at_ms = time_ms + LABEL_DELAY_DAYS * DAY_MS
        if self.world.fraud[row] and known_at_ms <= now_ms:
            return Event(_transaction_id(row), time_ms, amount, counterparty, True, known_at_ms)
        return Event(_transaction_id(row), time_ms, amount, counterparty)


def busiest(size: int, rng: np.random.Generator) -> Asked:
    """Make payments whose histories are as full as possible."""
    now_ms = 1_700_000_000_000
    numbers = range(size)
    return Asked(
        [Query(f"txn_now_{n}", now_ms, 5_000 + n, user_id(n), merchant_id(n)) for n in numbers],
        [_full(f"u{n}", now_ms, USER_EVENTS_MAX, USER_WINDOW_DAYS, rng) for n in numbers],
        [_full(f"m{n}", now_ms, MERCHANT_EVENTS_MAX, MERCHANT_WINDOW_DAYS, rng) for n in numbers],
    )


def lengths(batches: Iterable[Asked]) -> tuple[float, float]:
    """Return the mean number of events of users' and of merchants' histories."""
    of_users, of_merchants = [], []
    for batch in batches:
        of_users += [len(history) for history in batch.users]
        of_merchants += [len(history) for history in batch.merchants]
    return float(np.mean(of_users)), float(np.mean(of_merchants))


def user_id(user: int) -> str:
    """Name a customer."""
    return f"user_{user}"


def merchant_id(merchant: int) -> str:
    """Name a terminal."""
    return f"merchant_{merchant}"


def _transaction_id(row: int) -> str:
    return f"txn_{row:016d}"  # about as long as real ids


def _full(name: str, now_ms: int, events: int, days: int, rng: np.random.Generator) -> EventColumns:
    ages_ms = np.sort(rng.choice(days * DAY_MS - 1, events, replace=False)) + 1
    amounts = rng.integers(100, 20_000, events)
    return EventColumns.of(
        [
            Event(f"txn_{name}_{number}", now_ms - age_ms, amount, f"other_{number % 40}")
            for number, (age_ms, amount) in enumerate(zip(ages_ms.tolist(), amounts.tolist(), strict=True))
        ]
    )


def _rows_of(member: Ints, members: int) -> list[Ints]:
    order = np.argsort(member, kind="stable")
    return np.split(order, np.searchsorted(member[order], np.arange(1, members)))
