"""Computes the book's measures of a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CARDS_A_DAY = 100
FALSE_POSITIVE_RATE = 0.01


@dataclass(frozen=True, slots=True)
class Figures:
    """
    How well scores rank one week.

    Attributes:
        auc: Area under the ROC curve.
        ap: Average precision.
        cp100: Card precision at 100: share of compromised cards among the 100 with the highest scores of each day.
        recall_1fpr: Recall at the threshold where 1 % of the genuine payments are flagged.
    """

    auc: float
    ap: float
    cp100: float
    recall_1fpr: float


def figures(fraud: Bools, scores: Floats, day: Ints, card: Ints) -> Figures:
    """
    Compute all figures of one test week.

    Args:
        fraud, scores, day, card: Of n payments (n,).

    Raises:
        ValueError: the week has no fraud or no genuine payment.
    """
    recall, false_positives, _ = curve(fraud, scores)
    return Figures(
        auc=area(fraud, scores),
        ap=average_precision(fraud, scores),
        cp100=card_precision(fraud, scores, day, card),
        recall_1fpr=float(recall[false_positives <= FALSE_POSITIVE_RATE].max(initial=0.0)),
    )


def mean(weeks: Sequence[Figures]) -> Figures:
    """Average each figure over the weeks."""
    return Figures(
        **{field.name: float(np.mean([getattr(week, field.name) for week in weeks])) for field in fields(Figures)}
    )


def area(fraud: Bools, scores: Floats) -> float:
    """Compute the area under the ROC curve."""
    recall, false_positives, _ = curve(fraud, scores)
    height = (recall + np.concatenate(([0.0], recall[:-1]))) / 2
    return float((np.diff(false_positives, prepend=0.0) * height).sum())


def average_precision(fraud: Bools, scores: Floats) -> float:
    """Compute the average precision of a ranking."""
    recall, _, precision = curve(fraud, scores)
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def curve(fraud: Bools, scores: Floats) -> tuple[Floats, Floats, Floats]:
    """
    Compute recall, false-positive rate and precision at each distinct threshold, from the highest score down.

    Raises:
        ValueError: there is no fraud or no genuine payment.
    """
    if not 0 < np.count_nonzero(fraud) < fraud.size:
        raise ValueError("a ranking needs both frauds and genuine payments")
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    caught = np.cumsum(fraud[order])[last_of_tie]
    flagged = np.flatnonzero(last_of_tie) + 1
    wrong = flagged - caught
    return caught / caught[-1], wrong / wrong[-1], caught / flagged


def card_precision(fraud: Bools, scores: Floats, day: Ints, card: Ints, *, cards_a_day: int = CARDS_A_DAY) -> float:
    """
    Average over the days the share of compromised cards among the `cards_a_day` with the highest scores.

    The score of a card is the highest of its payments of the day. A compromised card that was found is left out
    on later days.

    Source: the book, chapter 4, "Card Precision top-k".
    """
    found: set[int] = set()
    precisions = []
    for today in np.unique(day):
        rows = np.flatnonzero((day == today) & ~np.isin(card, np.fromiter(found, np.int64, len(found))))
        cards, index = np.unique(card[rows], return_inverse=True)
        score_of_card = np.full(cards.size, -np.inf)
        np.maximum.at(score_of_card, index, scores[rows])
        compromised = np.bincount(index, weights=fraud[rows], minlength=cards.size) > 0
        top = np.argsort(-score_of_card, kind="stable")[:cards_a_day]
        precisions.append(np.count_nonzero(compromised[top]) / cards_a_day)
        found.update(cards[top][compromised[top]].tolist())
    return float(np.mean(precisions))
