"""
What the replies look like, for /docs and /openapi.json only.

The verdict path builds its replies by hand (rendering.py): these models are never run there. A contract test holds
every real reply against them.
"""

from typing import Any, Literal

from pydantic import AwareDatetime

from gateway.api.alert_replies import AlertOut, AlertsOut
from gateway.api.list_replies import ListEntryOut, ListPageOut, ListRemovedOut
from gateway.api.outage_replies import OutageOut, OutagesOut
from gateway.api.reply import Reply
from gateway.domain import BlindReason, BudgetName, Decision, DecisionSource, RiskLevel
from gateway.review import ReviewReason, ReviewState
from gateway.schemas import ClaimIn, DecisionIn, FaultSettingsIn, LabelIn, ListEntryIn, TransactionIn


class ProblemPlace(Reply):
    """One place that is wrong."""

    pointer: str
    detail: str


class Problem(Reply):
    """RFC 9457; `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ProblemPlace] | None = None


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
    thresholds follow the traffic, and lie above the model's own.
    """

    name: BudgetName
    model_decision: Decision


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


class LabelOut(Reply):
    """What a transaction turned out to be; the highest revision stands."""

    transaction_id: str
    is_fraud: bool
    source: str
    known_at: AwareDatetime
    recorded_at: AwareDatetime
    revision: int


class ReviewStepOut(Reply):
    """What somebody did in the review queue."""

    at: AwareDatetime
    by: str
    action: Literal["claimed", "released", "decided", "undone"]
    decision: Decision | None
    note: str | None


class _ReviewFields(Reply):
    state: ReviewState
    reason: ReviewReason
    since: AwareDatetime
    at_stake_minor: int | None
    claimed_by: str | None
    claimed_at: AwareDatetime | None
    claim_until: AwareDatetime | None
    decision: Decision | None
    note: str | None
    decided_by: str | None
    decided_at: AwareDatetime | None
    undo_until: AwareDatetime | None
    history: list[ReviewStepOut]


class ReviewOfRecord(_ReviewFields):
    """What people did, or are to do, about a record. `at_stake_minor`: hundredths of the reference currency."""


class ReviewOut(_ReviewFields):
    """A review after a step."""

    transaction_id: str


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
    """What is at stake first; next_cursor is null on the last page."""

    reviews: list[RecordOut]
    next_cursor: str | None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses, answered as problem+json."""
    schema = {"$ref": "#/components/schemas/Problem"}
    reply = {"description": "Problem", "content": {"application/problem+json": {"schema": schema}}}
    return dict.fromkeys(statuses, reply)


def _json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def json_reply(name: str) -> dict[int | str, dict[str, Any]]:
    """Status 200 with this schema."""
    return {
        200: {
            "description": "Success",
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
        }
    }


_TRANSACTION = {"$ref": "#/components/schemas/TransactionIn"}
VERDICT_REQUEST = _json_body(_TRANSACTION)
VERDICT_REPLIES = json_reply("VerdictOut") | problems(400, 409, 413, 422, 503)
LABEL_REQUEST = _json_body({"$ref": "#/components/schemas/LabelIn"})
CLAIM_REQUEST = _json_body({"$ref": "#/components/schemas/ClaimIn"})
DECISION_REQUEST = _json_body({"$ref": "#/components/schemas/DecisionIn"})
FAULTS_REQUEST = _json_body({"$ref": "#/components/schemas/FaultSettingsIn"})
LIST_ENTRY_REQUEST = _json_body({"$ref": "#/components/schemas/ListEntryIn"})
BATCH_REQUEST = _json_body(
    {
        "type": "object",
        "required": ["transactions"],
        "additionalProperties": False,
        "properties": {"transactions": {"type": "array", "items": _TRANSACTION, "minItems": 1, "maxItems": 500}},
    }
)
BATCH_REPLIES = json_reply("BatchOut") | problems(400, 413, 422)
DOCUMENTED_ONLY = (
    TransactionIn, LabelIn, LabelOut, BatchOut, PageOut, ClaimIn, DecisionIn, ReviewOut, ReviewsOut, AlertOut,
    AlertsOut, ListEntryIn, ListEntryOut, ListPageOut, ListRemovedOut, OutageOut, OutagesOut, FaultSettingsIn,
    Problem,
)  # fmt: skip
