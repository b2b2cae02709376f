"""Two models on the same payments: how far apart they are, and which one labels bear out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.features.models.outcomes import ModelOutcomes, to_outcomes
from gateway.features.models.store import SCORE_EDGES, compare, judge
from gateway.ledger.client import Database

Document = Mapping[str, Any]
_ROUNDING = 1e-10  # 5,000 doubles added up are exact to 1e-12 of their sum


@dataclass(frozen=True, slots=True)
class ModelName:
    """Which model, which training of it."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Example:
    """One payment on which the two are far apart."""

    transaction_id: str
    decision: str
    shadow_decision: str
    risk_score: float
    shadow_risk_score: float


@dataclass(frozen=True, slots=True)
class PairComparison:
    """
    A model and the one in its shadow, on n payments that both scored.

    Attributes:
        decisions: What was decided -> what the shadow would have decided -> how often.
        disagreeing_share: Of payments on which these two differ, 0..1.
        mean_difference: Of the scores, without sign, 0..1.
        correlation: Pearson's, of the scores; None when one of them is always the same.
        score_edges: Ascending; both histograms have one bin more: below the first, between, from the last on.
        examples: Those with different decisions first, then those whose scores differ most.
    """

    model: ModelName
    shadow: ModelName
    n: int
    decisions: Mapping[str, Mapping[str, int]]
    disagreeing_share: float
    mean_difference: float
    correlation: float | None
    score_edges: Sequence[float]
    scores: Sequence[int]
    shadow_scores: Sequence[int]
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What labels say of one model's flags; to flag is to review or to block.

    Attributes:
        flagged: Labelled payments that it flagged.
        caught: Frauds among them.
        precision: caught / flagged; None when it flagged nothing.
        recall: caught / frauds that have a label; None when there are none.
    """

    flagged: int
    caught: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """One model, or two on the same payments, against labels; `shadow` is None where none ran along."""

    model: ModelName
    shadow: ModelName | None
    n: int
    frauds: int
    judged: Judgement
    shadow_judged: Judgement | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What labels say: of models beside each other, and of each by itself."""

    pairs: Sequence[LabelledPair]
    outcomes: Sequence[ModelOutcomes]


async def compare_models(database: Database) -> list[PairComparison]:
    """
    Each pair of models on the newest payments that both scored.

    Raises:
        LedgerUnreadable: the ledger is away or too slow.
    """
    return to_comparisons(await compare(database))


async def judge_models(database: Database) -> Judged:
    """Each model on the payments behind the newest labels. Raises like `compare_models`."""
    found = await judge(database)
    return Judged(to_labelled(found["pairs"]), to_outcomes(found["outcomes"]))


def to_comparisons(found: Document) -> list[PairComparison]:
    """From the sums of `ledger.comparing.compare`, the pair with most payments first."""
    return [_to_comparison(pair, found) for pair in found["pairs"]]


def _to_comparison(pair: Document, found: Document) -> PairComparison:
    decisions: dict[str, dict[str, int]] = {}
    for row in _of_pair(pair, found["decisions"]):
        decisions.setdefault(row["_id"]["decision"], {})[row["_id"]["shadow_decision"]] = row["n"]
    return PairComparison(
        model=ModelName(**pair["_id"]["model"]),
        shadow=ModelName(**pair["_id"]["shadow"]),
        n=pair["n"],
        decisions=decisions,
        disagreeing_share=pair["disagree"] / pair["n"],
        mean_difference=pair["distance"] / pair["n"],
        correlation=_correlation(pair),
        score_edges=SCORE_EDGES,
        scores=_bins(_of_pair(pair, found["scores"])),
        shadow_scores=_bins(_of_pair(pair, found["shadow_scores"])),
        examples=[
            Example(e["id"], e["decision"], e["shadow_decision"], e["score"], e["shadow_score"])
            for e in pair["examples"]
        ],
    )


def _of_pair(pair: Document, rows: Sequence[Document]) -> list[Document]:
    wanted = pair["_id"]
    return [row for row in rows if all(row["_id"][side] == wanted[side] for side in ("model", "shadow"))]


def _bins(rows: Sequence[Document]) -> list[int]:
    counts = [0] * (len(SCORE_EDGES) + 1)
    for row in rows:
        counts[row["_id"]["bin"]] += row["n"]
    return counts


def _correlation(pair: Document) -> float | None:
    n, x, y = pair["n"], pair["score"], pair["shadow_score"]
    spread_x, spread_y = n * pair["squares"] - x * x, n * pair["shadow_squares"] - y * y
    # of equal scores only the rounding of the sums is left
    if spread_x <= _ROUNDING * x * x or spread_y <= _ROUNDING * y * y:
        return None
    correlation: float = (n * pair["products"] - x * y) / math.sqrt(spread_x * spread_y)
    return max(-1.0, min(1.0, correlation))


def to_labelled(found: Sequence[Document]) -> list[LabelledPair]:
    """From the counts of `label_sums`, the pair with most labels first."""
    return [_to_labelled(pair) for pair in found]


def _to_labelled(pair: Document) -> LabelledPair:
    shadow = pair["_id"]["shadow"]
    return LabelledPair(
        model=ModelName(**pair["_id"]["model"]),
        shadow=None if shadow is None else ModelName(**shadow),
        n=pair["n"],
        frauds=pair["frauds"],
        judged=_judge(pair["flagged"], pair["caught"], pair["frauds"]),
        shadow_judged=None if shadow is None else _judge(pair["shadow_flagged"], pair["shadow_caught"], pair["frauds"]),
    )


def _judge(flagged: int, caught: int, frauds: int) -> Judgement:
    return Judgement(
        flagged,
        caught,
        precision=caught / flagged if flagged else None,
        recall=caught / frauds if frauds else None,
    )
