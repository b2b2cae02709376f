"""Lays out queries as rows of numbers, as compiled functions take them: see `brain.history.ring`."""

from collections.abc import Sequence

import numpy as np

from brain.domain import Query
from brain.features.columns import key_of
from brain.features.windows import AMOUNT_MINOR_MAX
from brain.history.ring import COLUMNS, Rows

NO_AMOUNT = -1  # in a currency without a rate: it is scored, and is no event


def rows_of(queries: Sequence[Query]) -> Rows:
    """Make (n, COLUMNS) of n queries. Keys are the same within this process only."""
    rows = [
        (
            query.time_ms,
            NO_AMOUNT if query.amount_minor is None else min(query.amount_minor, AMOUNT_MINOR_MAX),
            query.is_blocked,
            key_of(query.user_id or None),  # an erased person has no history
            key_of(query.merchant_id),
            key_of(query.transaction_id),
        )
        for query in queries
    ]
    return np.array(rows, dtype=np.int64).reshape(len(queries), COLUMNS)
