"""Why a transaction got its score, in sentences for a fraud analyst."""

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
CONTRIBUTION_MIN = 0.1  # log-odds: less moves a small score by less than a tenth of itself, and tells nobody anything

_GAPS = ("NEW_USER", "USER_HISTORY_UNAVAILABLE", "NEW_MERCHANT", "NO_MERCHANT", "MERCHANT_HISTORY_UNAVAILABLE")
_CODES = (*GROUNDS, *_GAPS)  # AMOUNT first: it is what a score without any telling reason names
_FIRST = 1e3  # log-odds, more than any reason has: puts what raised a risky score before the rest

_COUNTS = [FEATURE_NAMES.index(name) for name in ("user_count_30d", "merchant_count_7d", "merchant_known_37d")]
_USER = [GROUNDS.index(ground) for ground in USER_GROUNDS]
_MERCHANT = [GROUNDS.index(ground) for ground in MERCHANT_GROUNDS]


class Reason(NamedTuple):
    """
    One ground of a score. A named tuple, for they are made five a row, and a frozen class takes thrice as long.

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
    One to five reasons of each of n scores.

    Largest contribution first; where the score is above average, all that raised it stand before what lowered it.

    Args:
        queries: n, what was asked.
        x: (n, F) their features.
        contributions: (n, G) what each ground did, as `Model.predict` gives it.
    """
    sums = _sum_by_code(queries, x, contributions)
    raises = (sums > 0) & (sums.sum(axis=1, keepdims=True) > 0)
    ranked = np.argsort(-np.abs(sums) - raises * _FIRST, axis=1, kind="stable")[:, :REASONS_MAX]
    values = np.take_along_axis(sums, ranked, axis=1).round(4)  # nobody reads more
    return [
        [
            Reason(code := _CODES[index], SENTENCES[code](facts, value), value)
            for place, (index, value) in enumerate(zip(indices, row, strict=True))
            if abs(value) >= CONTRIBUTION_MIN or place == 0
        ]
        for facts, indices, row in zip(map(Facts, queries, x.tolist()), ranked.tolist(), values.tolist(), strict=True)
    ]


def write_reasons(reasons: Iterable[Reason], reply: fraud_pb2.ScoreReply) -> None:
    """Append reasons as they cross the wire. In place: made apart and copied in, they take twice as long."""
    for code, message, contribution in reasons:
        reply.reasons.add(code=code, message=message, contribution=contribution)


def _sum_by_code(queries: Sequence[Query], x: Floats, contributions: Floats) -> Floats:
    """(n, C) contributions of each code: the grounds as they are, those without a history joined into the gap."""
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
