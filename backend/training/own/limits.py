"""Chooses the thresholds of an own model by what a merchant can bear: false declines, reviews a day, or money."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.own.judging import Costs, Judged, Verdicts, money

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DECLINE_CAP = 0.001  # of genuine payments: what Stripe says it blocks
REVIEW_CAP = 0.005  # of genuine payments, where nothing says how many a day can be looked at
MEDIUM_SHARE = 0.02  # of genuine payments: what a person may want to see marked
TRIED = 200
LOWEST, HIGHEST = 1e-6, 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What the thresholds are chosen by.

    Attributes:
        decline_cap: Largest share of genuine payments that may be declined.
        reviews_a_day: How many payments a day people can look at; None: a share of genuine payments.
        costs: If given, the cheapest thresholds by these, instead of caps.
    """

    decline_cap: float = DECLINE_CAP
    reviews_a_day: float | None = None
    costs: Costs | None = None


def choose(judged: Judged, scores: Floats, wish: Wish, *, days: float) -> tuple[dict[str, float], str]:
    """
    Choose the lowest score of medium, high (review) and critical (decline).

    Args:
        judged, scores: n payments that the model was not trained on, and their scores.
        wish: What to choose by.
        days: How many days they are of.

    Returns:
        The thresholds, ascending, and a sentence about how they were chosen.
    """
    if wish.costs is not None:
        high, critical = _cheapest(judged, scores, wish.costs)
        how = (
            f"cheapest at a margin of {wish.costs.margin:.0%}, a fee of {wish.costs.fee:g} and {wish.costs.review:g} a "
            "review"
        )
    else:
        critical = above_share(judged, scores, wish.decline_cap)
        how = f"declines at most {wish.decline_cap:.2%} of genuine payments"
        if wish.reviews_a_day is None:
            high = above_share(judged, scores, wish.decline_cap + REVIEW_CAP)
            how += f", reviews at most {REVIEW_CAP:.1%} of them"
        else:
            high = _above_number(judged, scores, critical, wish.reviews_a_day * days)
            how += f", reviews {wish.reviews_a_day:g} payments a day"
    critical = float(np.clip(critical, LOWEST, HIGHEST))
    high = float(np.clip(high, LOWEST, critical))
    medium = min(high, float(np.clip(above_share(judged, scores, MEDIUM_SHARE), LOWEST, HIGHEST)))
    return {"medium": medium, "high": high, "critical": critical}, how


def above_share(judged: Judged, scores: Floats, share: float) -> float:
    """Find the lowest score from which on at most this share of the genuine payments lie."""
    genuine = ~judged.fraud
    order = np.argsort(-scores[genuine], kind="stable")
    ordered, passed = scores[genuine][order], np.cumsum(judged.weight[genuine][order])
    first_over = int(np.searchsorted(passed, share * passed[-1], side="right"))
    if first_over >= ordered.size:
        return float(ordered[-1])
    above = scores[scores > ordered[first_over]]
    # Between the genuine payment that is one too many and the next higher score.
    return float((ordered[first_over] + above.min(initial=1.0)) / 2)


def _above_number(judged: Judged, scores: Floats, critical: float, number: float) -> float:
    below = scores < critical
    order = np.argsort(-scores[below], kind="stable")
    ordered, passed = scores[below][order], np.cumsum(judged.weight[below][order])
    first_over = int(np.searchsorted(passed, number, side="right"))
    return critical if first_over == 0 else float(ordered[min(first_over, ordered.size) - 1])


def _cheapest(judged: Judged, scores: Floats, costs: Costs) -> tuple[float, float]:
    """Try pairs of thresholds at equal steps of the ranking among the riskiest tenth, finer where scores are high."""
    ordered = np.sort(scores)[::-1]
    places = np.unique(np.geomspace(1, max(2, ordered.size // 10), TRIED).astype(np.int64)) - 1
    tried = [float(ordered[place]) for place in places]

    def cost(high: float, critical: float) -> float:
        return money(judged, Verdicts.by(scores, high=high, critical=critical), costs, judged.weight) or 0.0

    critical = min(tried, key=lambda at: cost(at, at))
    high = min(tried, key=lambda at: cost(at, max(at, critical)))
    # Reviews move where it pays to decline: what a person sees need not be declined.
    return high, min([at for at in tried if at >= high], key=lambda at: cost(high, at))
