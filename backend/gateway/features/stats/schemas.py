"""What GET /stats answers."""

from typing import Literal

from gateway.api.reply import Reply, Time
from gateway.domain import Decision
from gateway.features.budgets.schemas import BudgetsOut
from gateway.features.models.facts import Reading
from gateway.features.traffic.schemas import TrafficOut
from gateway.features.transactions.schemas import ModelOut


class DriftOut(Reply):
    """
    One quantity: how what was scored lately is spread beside what the model was judged on.

    `psi` is null below 500 rows. `edges` are n, `expected_shares` and `counts` n + 2: below the first edge, between,
    from the last on, unknown.
    """

    name: str
    psi: float | None
    reading: Reading | None
    rows: int
    edges: list[float]
    expected_shares: list[float]
    counts: list[int]


class ModelInServiceOut(Reply):
    """A model that answers, or runs in the shadow of one that does, on these brains."""

    role: Literal["main", "shadow"]
    name: str
    version: str
    sha256: str
    trained_on: str
    thresholds: dict[str, float]
    metrics: dict[str, float]
    brains: list[str]
    drift: list[DriftOut]


class ExampleOut(Reply):
    """One payment on which the two are far apart."""

    transaction_id: str
    decision: Decision
    shadow_decision: Decision
    risk_score: float
    shadow_risk_score: float


class PairOut(Reply):
    """
    A model and its shadow on the n newest payments of the last day that both scored, 5,000 at most.

    `decisions` counts what the model's levels lead to, before any budget, then what the shadow's do. `score_edges` are
    n, `scores` and `shadow_scores` n + 1 counts.
    """

    model: ModelOut
    shadow: ModelOut
    n: int
    decisions: dict[Decision, dict[Decision, int]]
    disagreeing_share: float
    mean_difference: float
    correlation: float | None
    score_edges: list[float]
    scores: list[int]
    shadow_scores: list[int]
    examples: list[ExampleOut]


class JudgementOut(Reply):
    """What labels say of a model's flags (review or block)."""

    flagged: int
    caught: int
    precision: float | None
    recall: float | None


class LabelledPairOut(Reply):
    """The payments behind the newest labels, 5,000 at most; `shadow` is null where none ran along."""

    model: ModelOut
    shadow: ModelOut | None
    n: int
    frauds: int
    judged: JudgementOut
    shadow_judged: JudgementOut | None


class ComparisonOut(Reply):
    """As of that time; no pairs where no second model ran along."""

    at: Time
    pairs: list[PairOut]


class LabelledOut(Reply):
    """As of that time; no pairs where nothing has a label."""

    at: Time
    pairs: list[LabelledPairOut]


class ModelsOut(Reply):
    """`comparison` and `labelled` are null while the ledger does not answer."""

    in_service: list[ModelInServiceOut]
    comparison: ComparisonOut | None
    labelled: LabelledOut | None


class StatsOut(Reply):
    """Figures for people: of no use to a checkout, and never in its way."""

    models: ModelsOut
    budgets: BudgetsOut
    traffic: TrafficOut
