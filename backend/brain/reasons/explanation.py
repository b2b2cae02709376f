"""Explains a score in sentences for a fraud analyst."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.domain import Query
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import GROUNDS, MERCHANT_GROUNDS, USER_GROUNDS
from brain.reasons.sentences import SENTENCES, Facts
from protos import fraud_pb2

Floats = NDArray[np.float64]

REASONS_MAX = 5
CONTRIBUTION_MIN = 0.1  # log-odds: a smaller one changes a small score by less than a tenth, which is no reason

_GAPS = ("NEW_USER", "USER_HISTORY_UNAVAILABLE", "NEW_MERCHANT", "NO_MERCHANT", "MERCHANT_HISTORY_UNAVAILABLE")
_CODES = (*GROUNDS, *_GAPS)  # AMOUNT first: it is the reason of a score that has no other
_FIRST = 1e3  # log-odds, more than any reason has: ranks what raised a risky score before the rest

_COUNTS = [FEATURE_NAMES.index(name) for name in ("user_count_30d", "merchant_count_7d", "merchant_known_37d")]
_USER = [GROUNDS.index(ground) for ground in USER_GROUNDS]
_MERCHANT = [GROUNDS.index(ground) for ground in MERCHANT_GROUNDS]


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
    Give one to five reasons for each of n scores.

    Largest contribution first. Where the score is above average, reasons that raised it come before those that
    lowered it.

    Args:
        queries: n queries.
        x: (n, F) their features.
        contributions: (n, G) of each ground in log-odds, as `Model.predict` returns them.
    """
    sums = _sum_by_code(queries, x, contributions)
    raises = (sums > 0) & (sums.sum(axis=1, keepdims=True) > 0)
    ranked = np.argsort(-np.abs(sums) - raises * _FIRST, axis=1, kind="stable")[:, :REASONS_MAX]
    values = np.take_along_axis(sums, ranked, axis=1).round(4)  # more digits are of no use
    return [
        [
            Reason(code := _CODES[index], SENTENCES[code](facts, value), value)
            for place, (index, value) in enumerate(zip(indices, row, strict=True))
            if abs(value) >= CONTRIBUTION_MIN or place == 0
        ]
        for facts, indices, row in zip(map(Facts, queries, x.tolist()), ranked.tolist(), values.tolist(), strict=True)
    ]


def write_reasons(reasons: Iterable[Reason], reply: fraud_pb2.ScoreReply) -> None:
    """Append reasons to a reply. In place: made separately and copied, they take twice as long."""
    for code, message, contribution in reasons:
        reply.reasons.add(code=code, message=message, contribution=contribution)


def _sum_by_code(queries: Sequence[Query], x: Floats, contributions: Floats) -> Floats:
    """Sum contributions by code (n, C): grounds keep theirs, but those without a history are summed into its gap."""
    sums = np.zeros((len(queries), len(_CODES)))
    sums[:, : len(GROUNDS)] = contributions
    count, recent, known = (x[:, column] for column in _COUNTS)
    named = np.array([query.merchant_id is not None for query in queries], dtype=np.bool_)
    for code, grounds, applies in (
        ("NEW_USER", _USER, count == 0),
        ("USER_HISTORY_UNAVAILABLE", _USER, np.isnan(count)),
        ("NEW_MERCHANT", _MERCHANT, (recent == 0) & (known == 0)),
        ("NO_MERCHANT", _MERCHANT, ~named),
        ("MERCHANT_HISTORY_UNAVAILABLE", _MERCHANT, np.isnan(recent) & named),
    ):
        rows = np.flatnonzero(applies)
        if rows.size:
            sums[rows, _CODES.index(code)] = contributions[rows[:, None], grounds].sum(axis=1)
            sums[rows[:, None], grounds] = 0.0
    return sums
