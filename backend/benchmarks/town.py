"""Makes payments, and a brain's memory of those before them, from a simulated world."""

from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from brain.domain import LABEL_DELAY_MS, MERCHANT_EVENTS_MAX, MERCHANT_WINDOW_DAYS, Query
from brain.history.memory import Memory
from training.world.simulator import DAY_MS, Rules, World, simulate

Ints = NDArray[np.int64]

DAYS = 45  # in the last week the longest window, 37 days, is full
LAST_WEEK = DAYS - 7
NEWEST = 2_000  # the payments that are scored: the memory holds all others, and few of those came later
MEMORY_MIB = 64.0  # for 437,000 payments: far more than a processor's caches hold


@dataclass(frozen=True, slots=True)
class Town:
    """
    A world of the book's size: a payment finds about 80 of its user and 38 at its merchant.

    Attributes:
        world: All payments.
    """

    world: World = field(repr=False)

    @classmethod
    def build(cls, seed: int = 1) -> "Town":
        """Make the town of this seed, in about two seconds."""
        return cls(simulate(seed, Rules(days=DAYS)))

    @property
    def last_week(self) -> Ints:
        """The rows of payments whose histories are full."""
        return np.flatnonzero(self.world.day >= LAST_WEEK)

    def draw(self, size: int, rng: np.random.Generator) -> list[Query]:
        """Draw different ones of the newest payments."""
        count = len(self.world.time_ms)
        return [self.query(row) for row in rng.choice(np.arange(count - NEWEST, count), size, replace=False).tolist()]

    def query(self, row: int) -> Query:
        """Make the query of one payment."""
        world = self.world
        return Query(
            f"txn_{row:016d}",  # about as long as real ids
            int(world.time_ms[row]),
            int(world.amount_minor[row]),
            f"user_{world.user[row]}",
            f"merchant_{world.terminal[row]}",
        )

    def memory(self) -> Memory:
        """Make the memory of a brain that has read all payments, and the labels of frauds."""
        rows = range(len(self.world.time_ms))
        memory = _memory([self.query(row) for row in rows])
        for row in np.flatnonzero(self.world.fraud).tolist():
            known_at_ms = int(self.world.time_ms[row]) + LABEL_DELAY_MS
            memory.label(f"txn_{row:016d}", is_fraud=True, known_at_ms=known_at_ms, revision=1)
        return memory


def busiest(size: int, rng: np.random.Generator) -> tuple[list[Query], Memory]:
    """Make payments whose histories are as full as possible: of one user each, at one merchant each."""
    now_ms = 1_700_000_000_000
    queries = [Query(f"txn_now_{n}", now_ms, 5_000 + n, f"user_{n}", f"merchant_{n}") for n in range(size)]
    events = []
    for number in range(MERCHANT_EVENTS_MAX):
        for query in queries:
            time_ms = now_ms - int(rng.integers(1, MERCHANT_WINDOW_DAYS * DAY_MS))
            event = replace(query, transaction_id=f"{query.transaction_id}_{number}", time_ms=time_ms)
            events.append(replace(event, amount_minor=int(rng.integers(100, 20_000))))
    events.sort(key=lambda event: event.time_ms)
    return queries, _memory(events)


def _memory(payments: list[Query]) -> Memory:
    memory = Memory(MEMORY_MIB)
    memory.add(payments)
    memory.coverage.read_all()
    memory.coverage.news_read(memory.now_s())
    return memory
