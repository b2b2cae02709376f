"""Explains a score in sentences for a fraud analyst."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.domain import Query
from brain.reasons.ranking import CODES, rank
from brain.reasons.sentences import SENTENCES
from brain.reasons.wording import Facts

Floats = NDArray[np.float64]


class Reason(NamedTuple):
    """
    One reason of a score. A named tuple: five are made for each row, and a frozen dataclass takes three times as long.

    Attributes:
        code: Stable, upper case: one of those in `sentences.SENTENCES`.
        message: A sentence for a fraud analyst.
        contribution: Log-odds; positive raises the risk above that of the average payment.
    """

    code: str
    message: str
    contribution: float


def explain(queries: Sequence[Query], x: Floats, contributions: Floats) -> list[list[Reason]]:
    """
    Give one to five reasons for each of n scores, in the order of `rank`.

    Args:
        queries: n queries.
        x: (n, F) their features.
        contributions: (n, G) of each ground in log-odds, as `Model.predict` returns them.
    """
    has_merchant = np.array([query.merchant_id is not None for query in queries], dtype=np.bool_)
    ranked = rank(x, contributions, has_merchant)
    return [
        [
            Reason(code := CODES[index], SENTENCES[code](facts, value), value)
            for index, value in zip(indices[:count], values, strict=False)
        ]
        for facts, count, indices, values in zip(
            map(Facts, queries, (row.data for row in x)), *(column.tolist() for column in ranked), strict=True
        )
    ]
