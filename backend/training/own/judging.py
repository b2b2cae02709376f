"""Measures a model on payments with labels: how it ranks, and what its thresholds would have done to whom."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DRAWS = 100
PERCENTILES = (2.5, 97.5)
MONEY_PER = 100_000  # payments


@dataclass(frozen=True, slots=True)
class Costs:
    """
    What mistakes cost, for `money`. The defaults are guesses: give your own.

    Attributes:
        margin: Share of an amount that is lost when a genuine payment is declined.
        fee: Of a chargeback, beside the amount, in units of the reference currency.
        review: Of one review, by a person who is then right.
    """

    margin: float = 0.25
    fee: float = 20.0
    review: float = 3.0


@dataclass(frozen=True, slots=True)
class Judged:
    """
    n payments with labels, and what happens to them.

    Attributes:
        fraud: (n,) whether each was fraud.
        amount: (n,) units of the reference currency; 0 where it is unknown.
        weight: (n,) how many payments each stands for.
        cluster: (n,) who paid: payments of one user are drawn together by the bootstrap.
    """

    fraud: Bools
    amount: Floats
    weight: Floats
    cluster: Ints

    def take(self, rows: Bools) -> "Judged":
        """Return these payments only."""
        return Judged(self.fraud[rows], self.amount[rows], self.weight[rows], self.cluster[rows])


@dataclass(frozen=True, slots=True)
class Verdicts:
    """(n,) scores of some payments, and whether each is declined or sent to a review."""

    scores: Floats
    declined: Bools
    reviewed: Bools

    @classmethod
    def by(cls, scores: Floats, *, high: float, critical: float) -> "Verdicts":
        """Decline from `critical` on, review from `high` on."""
        return cls(scores, scores >= critical, (scores >= high) & (scores < critical))

    def take(self, rows: Bools) -> "Verdicts":
        """Return these payments only."""
        return Verdicts(self.scores[rows], self.declined[rows], self.reviewed[rows])


@dataclass(frozen=True, slots=True)
class Measured:
    """
    Figures by name; None where there is nothing to measure.

    auc, ap: of the ranking. recall_1fpr, recall_01fpr: share of frauds found at 1 and .1 % of genuine payments flagged.
    genuine_declined, genuine_reviewed: shares of genuine payments. fraud_caught: share of frauds declined or reviewed,
    by number; fraud_declined those declined; fraud_value_caught by amount. money: cost of all mistakes and reviews,
    per 100,000 payments.

    Attributes:
        intervals: Of each figure, the range that holds the true one in 95 of 100 cases, as far as users differ by
            chance.
    """

    figures: dict[str, float | None]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)


def measure(judged: Judged, verdicts: Verdicts, costs: Costs, *, draws: int = DRAWS, seed: int = 0) -> Measured:
    """Compute all figures, with intervals unless `draws` is 0."""
    order = np.argsort(-verdicts.scores, kind="stable")
    ends = np.append(np.diff(verdicts.scores[order]) != 0, True)
    found = _figures(judged, verdicts, costs, weight=judged.weight, order=order, ends=ends)
    if not draws:
        return Measured(found)
    rng = np.random.default_rng(seed)
    _, cluster = np.unique(judged.cluster, return_inverse=True)
    size = int(cluster.max()) + 1
    drawn: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(draws):
        often = np.bincount(rng.integers(size, size=size), minlength=size)[cluster]
        again = _figures(judged, verdicts, costs, weight=judged.weight * often, order=order, ends=ends)
        for name, value in again.items():
            if value is not None:
                drawn[name].append(value)
    intervals = {
        name: (float(low), float(high))
        for name, values in drawn.items() if values
        for low, high in [np.percentile(values, PERCENTILES)]
    }  # fmt: skip
    return Measured(found, intervals)


def ranking(fraud: Bools, scores: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Compute recall, false-positive rate and precision at each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    return _ranking(fraud, weight, order, np.append(np.diff(scores[order]) != 0, True))


def _ranking(fraud: Bools, weight: Floats, order: Ints, ends: Bools) -> tuple[Floats, Floats, Floats]:
    caught = np.cumsum((fraud * weight)[order])[ends]
    flagged = np.cumsum(weight[order])[ends]
    wrong = flagged - caught
    with np.errstate(invalid="ignore", divide="ignore"):
        return caught / caught[-1], wrong / wrong[-1], np.where(flagged > 0, caught / flagged, 1.0)


def _figures(
    judged: Judged, verdicts: Verdicts, costs: Costs, *, weight: Floats, order: Ints, ends: Bools
) -> dict[str, float | None]:
    fraud, amount = judged.fraud, judged.amount
    flagged = verdicts.declined | verdicts.reviewed
    found: dict[str, float | None] = dict.fromkeys(("auc", "ap", "recall_1fpr", "recall_01fpr"))
    if weight[fraud].sum() > 0 and weight[~fraud].sum() > 0:
        recall, false_positives, precision = _ranking(fraud, weight, order, ends)
        before = np.concatenate(([0.0], recall[:-1]))
        found["auc"] = float((np.diff(false_positives, prepend=0.0) * (recall + before) / 2).sum())
        found["ap"] = float(((recall - before) * precision).sum())
        for name, rate in (("recall_1fpr", 0.01), ("recall_01fpr", 0.001)):
            found[name] = float(recall[false_positives <= rate].max(initial=0.0))
    found["genuine_declined"] = _share(verdicts.declined, ~fraud, weight)
    found["genuine_reviewed"] = _share(verdicts.reviewed, ~fraud, weight)
    found["fraud_caught"] = _share(flagged, fraud, weight)
    found["fraud_declined"] = _share(verdicts.declined, fraud, weight)
    found["fraud_value_caught"] = _share(flagged, fraud, weight * amount)
    found["money"] = money(judged, verdicts, costs, weight)
    return found


def money(judged: Judged, verdicts: Verdicts, costs: Costs, weight: Floats) -> float | None:
    """Return what mistakes and reviews cost per 100,000 payments, in the reference currency; None without payments."""
    lost = np.where(
        judged.fraud,
        np.where(verdicts.declined | verdicts.reviewed, 0.0, judged.amount + costs.fee),
        np.where(verdicts.declined, costs.margin * judged.amount, 0.0),
    )
    lost += np.where(verdicts.reviewed, costs.review, 0.0)
    return float((lost * weight).sum() / weight.sum() * MONEY_PER) if weight.sum() > 0 else None


def _share(part: Bools, whole: Bools, weight: Floats) -> float | None:
    of = weight[whole].sum()
    return float(weight[part & whole].sum() / of) if of > 0 else None
