"""What the review queue answers, for the document only: rendering.py builds it."""

from typing import Literal

from pydantic import AwareDatetime

from gateway.api.reply import Reply, json_body
from gateway.domain import Decision
from gateway.review import ReviewReason, ReviewState
from gateway.verdict.intake.schemas import ClaimIn, DecisionIn


class ReviewStepOut(Reply):
    """What somebody did in the review queue. `via` is the key that named `by`; null where nobody stood between."""

    at: AwareDatetime
    by: str
    via: str | None
    action: Literal["claimed", "released", "decided", "undone"]
    decision: Decision | None
    note: str | None


class _ReviewFields(Reply):
    state: ReviewState
    reason: ReviewReason
    since: AwareDatetime
    amount_reference_minor: int | None
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
    """What people did, or are to do, about a record. `amount_reference_minor`: hundredths of the reference currency."""


class ReviewOut(_ReviewFields):
    """A review after a step."""

    transaction_id: str


CLAIM_REQUEST = json_body({"$ref": "#/components/schemas/ClaimIn"})
DECISION_REQUEST = json_body({"$ref": "#/components/schemas/DecisionIn"})
DOCUMENTED = (ClaimIn, DecisionIn, ReviewOut)
