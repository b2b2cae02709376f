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


class KnownOut(Reply):
    """Payments whose outcome is known, and the genuine ones among them."""

    known: int
    genuine: int


class ShareOut(Reply):
    """A share, 0..1, and between which ones the true one lies, 95 % of the time."""

    share: float
    low: float
    high: float


class WouldBlockOut(Reply):
    """
    What became of payments that the model's level alone would block, by what was decided; as far as labels say.

    `reviewed` and `approved` were held back by a budget. `genuine_share` is of all three together, null while nothing
    is known. `false_declines` is the share of the genuine payments that it would block, estimated from that share and
    from what it would have blocked lately; null while either is unknown.
    """

    blocked: KnownOut
    reviewed: KnownOut
    approved: KnownOut
    genuine_share: ShareOut | None
    false_declines: ShareOut | None


class ScoreGroupOut(Reply):
    """About a tenth of the labelled payments: the share of frauds that scores foretold, and the one that there was."""

    score_from: float
    score_to: float
    n: int
    frauds: int
    mean_score: float
    fraud_share: ShareOut


class ModelOutcomesOut(Reply):
    """
    One model by the newest labels. Its scores are probabilities where `calibration` agrees with them.

    `calibration` is null below 20 frauds or 20 genuine payments with a label.
    """

    model: ModelOut
    labels: int
    frauds: int
    would_block: WouldBlockOut
    calibration: list[ScoreGroupOut] | None


class ComparisonOut(Reply):
    """As of that time; no pairs where no second model ran along."""

    at: Time
    pairs: list[PairOut]


class LabelledOut(Reply):
    """As of that time; no pairs and no outcomes where nothing has a label."""

    at: Time
    pairs: list[LabelledPairOut]
    outcomes: list[ModelOutcomesOut]


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
