"""Lays out queries as rows of numbers, as compiled functions take them: see `brain.history.ring`."""

from collections.abc import Sequence

import numpy as np

from brain.domain import Query
from brain.features.windows import AMOUNT_MINOR_MAX, UNKNOWN
from brain.history.layout import NOBODY
from brain.history.ring import COLUMNS, Rows


def key_of(text: str | None) -> int:
    """
    Map an id to 64 bits, the same within this process only; NOBODY for none.

    Two of 512 ids collide once in 10^14 histories.
    """
    return hash(text) if text is not None else NOBODY


def rows_of(queries: Sequence[Query]) -> Rows:
    """Make (n, COLUMNS) of n queries. Keys are the same within this process only."""
    flat: list[int] = []  # numpy takes it ten times as fast as a list of tuples
    for query in queries:
        flat += (
            query.time_ms,
            UNKNOWN if query.amount_minor is None else min(query.amount_minor, AMOUNT_MINOR_MAX),
            query.is_blocked,
            key_of(query.user_id or None),  # an erased person has no history
            key_of(query.merchant_id),
            key_of(query.transaction_id),
        )
    return np.array(flat, dtype=np.int64).reshape(len(queries), COLUMNS)
