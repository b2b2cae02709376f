"""Small worlds and histories for the tests of the model."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from brain.domain import Event, Query
from training.world.simulator import DAY_MS, Rules, World

SMALL = Rules(customers=200, terminals=100, days=60, radius=15.0, terminals_compromised_per_day=1)
DELAY_MS = 7 * DAY_MS

NOW_MS = 1_700_000_000_000


def an_event(
    name: str,
    *,
    days_ago: float,
    amount: float = 10.0,
    other: str = "m1",
    is_fraud: bool | None = None,
    known_at_ms: int | None = None,
) -> Event:
    """A payment some days before NOW_MS, `amount` in units of the reference currency."""
    time_ms = NOW_MS - round(days_ago * DAY_MS)
    return Event(name, time_ms, round(amount * 100), other, is_fraud, known_at_ms)


def a_fraud(name: str, *, days_ago: float, amount: float = 10.0) -> Event:
    """A payment that is known to be fraud since yesterday."""
    return an_event(name, days_ago=days_ago, amount=amount, is_fraud=True, known_at_ms=NOW_MS - DAY_MS)


def a_query(amount: float | None = 10.0, *, merchant: str | None = "m1") -> Query:
    """A payment of user u1 at NOW_MS."""
    return Query("now", NOW_MS, None if amount is None else round(amount * 100), "u1", merchant)


def streamed(world: World, rows: NDArray[np.int64]) -> tuple[list[Query], list[list[Event]], list[list[Event]]]:
    """
    The queries of these rows, with what the history would hold once the whole world has gone by.

    Histories are whole: earlier and later payments, the query itself, in order of time.
    """
    users: dict[int, list[Event]] = defaultdict(list)
    terminals: dict[int, list[Event]] = defaultdict(list)
    queries = {}
    wanted = set(rows.tolist())
    columns = (world.time_ms, world.user, world.terminal, world.amount_minor, world.fraud)
    for row, (time_ms, user, terminal, amount, fraud) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        label, known_at_ms = (True, time_ms + DELAY_MS) if fraud else (None, None)
        users[user].append(Event(str(row), time_ms, amount, str(terminal), label, known_at_ms))
        terminals[terminal].append(Event(str(row), time_ms, amount, str(user), label, known_at_ms))
        if row in wanted:
            queries[row] = Query(str(row), time_ms, amount, str(user), str(terminal))
    asked = [queries[row] for row in rows.tolist()]
    return (
        asked,
        [users[int(query.user_id)] for query in asked],
        [terminals[int(query.merchant_id or 0)] for query in asked],
    )
