"""
What the replies with verdicts look like, for /docs and /openapi.json only.

The verdict path builds its replies by hand (rendering.py): these models are never run there. A contract test holds
every real reply against them.
"""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from gateway.api.reply import Problem, Reply, json_body, json_reply, problems
from gateway.domain import BlindReason, BudgetName, Decision, DecisionSource, RiskLevel
from gateway.features.labels.api import LabelOut
from gateway.features.reviews.schemas import ReviewOfRecord
from gateway.verdict.intake.schemas import TransactionIn


class ReasonOut(Reply):
    """Contribution in log-odds; positive raises the risk."""

    code: str
    message: str
    contribution: float


class FallbackOut(Reply):
    """Why there was no score, and which policy decided."""

    reason_code: BlindReason
    policy: str


class BudgetOut(Reply):
    """
    What made a decision of the model milder; `model_decision` is what its level alone leads to.

    `may_block`: the model may not block. `decline_cap`: models have blocked as much as they may. `review_share`: the
    thresholds follow the traffic, and lie above the model's own. `let_through`: it was drawn by lot, with this
    `probability`, so that its label can tell whether the model is right.
    """

    name: BudgetName
    model_decision: Decision
    probability: float | None = Field(default_factory=lambda: None)  # so the document says that it may be absent


class ThresholdsOut(Reply):
    """From which risk score on a payment was reviewed, and from which one blocked, when it was decided."""

    review: float
    block: float


class ModelOut(Reply):
    """Which model scored."""

    name: str
    version: str


class ShadowOut(Reply):
    """What a second model would have decided. It never decides."""

    model: ModelOut
    risk_score: float
    risk_level: RiskLevel
    decision: Decision


class AmendmentOut(Reply):
    """
    A later score. `old` is the decision that was given and stands, `new` what the score would have decided, within the
    budgets: by the thresholds that were in force then.
    """

    at: AwareDatetime
    old: Decision
    new: Decision
    score: float
    risk_level: RiskLevel
    reason: str
    reasons: list[ReasonOut]
    model: ModelOut
    degraded: list[str]
    budget: BudgetOut | None


class _VerdictFields(Reply):
    transaction_id: str
    decision: Decision
    is_fraud: bool
    scored: bool
    risk_score: float | None
    risk_level: RiskLevel
    reasons: list[ReasonOut]
    decision_source: DecisionSource
    fallback: FallbackOut | None
    budget: BudgetOut | None
    circuit_state: Literal["closed", "open", "half-open"]
    model: ModelOut | None
    degraded: list[str]
    ledger_status: Literal["committed", "pending"]
    amendments: list[AmendmentOut]
    latency_ms: float
    created_at: AwareDatetime
    trace_id: str


class VerdictOut(_VerdictFields):
    """
    `scored` false: nothing is known of the risk, and risk_score is null, never 0.

    `degraded` names what was missing: `history`, without which the score was made, and places of the request that held
    nothing of use, such as `device.ip`.
    """

    replayed: bool


class BatchResult(Reply):
    """One transaction of a batch: a verdict when the status is 200, else a problem."""

    status: int
    verdict: VerdictOut | None = None
    problem: Problem | None = None


class BatchOut(Reply):
    """In the order of the request."""

    results: list[BatchResult]


class RecordOut(_VerdictFields):
    """
    A verdict on record, with the request that it answers.

    `shadow` is null where no second model ran along, `review` where no person was asked, `thresholds` where no model
    had told its own yet.
    """

    shadow: ShadowOut | None
    thresholds: ThresholdsOut | None
    amount: str
    currency: str
    user_id: str
    merchant_id: str | None
    event_time: AwareDatetime
    label: LabelOut | None
    review: ReviewOfRecord | None
    request: dict[str, Any]


class PageOut(Reply):
    """Newest first; next_cursor is null on the last page."""

    transactions: list[RecordOut]
    next_cursor: str | None


class ReviewsOut(Reply):
    """The largest amount first; next_cursor is null on the last page."""

    reviews: list[RecordOut]
    next_cursor: str | None


_TRANSACTION = {"$ref": "#/components/schemas/TransactionIn"}
VERDICT_REQUEST = json_body(_TRANSACTION)
VERDICT_REPLIES = json_reply("VerdictOut") | problems(400, 409, 413, 422, 503)
BATCH_REQUEST = json_body(
    {
        "type": "object",
        "required": ["transactions"],
        "additionalProperties": False,
        "properties": {"transactions": {"type": "array", "items": _TRANSACTION, "minItems": 1, "maxItems": 500}},
    }
)
BATCH_REPLIES = json_reply("BatchOut") | problems(400, 413, 422)
DOCUMENTED = (TransactionIn, BatchOut, PageOut, ReviewsOut)
