"""
What waits for a person, in the words of the review queue. Pure.

            claim                    decision
    open ─────────> claimed ───────────────────> decided ──┐ undo, by who decided and while that may be undone:
     ^ └───────────────┼───────────────────────────^       │ as it was before
     └─────────────────┘      decision, by anybody <───────┘
       release, or 15 minutes     while nobody holds it

On a record: the field `review`, present on what waits or has waited. The verdict beside it is never rewritten: a
decision is what a person did about it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.domain import Amendment, Decision


class ReviewState(StrEnum):
    """A claim that has run out counts as open."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


class ReviewReason(StrEnum):
    """Why a person should look."""

    VERDICT = "verdict"  # its decision is review
    FLIP = "flip"  # what was decided would have been stopped, as a later score says


def new_review(reason: ReviewReason, *, since: datetime, amount_reference_minor: int | None) -> dict[str, Any]:
    """
    The field `review` of a record that begins to wait.

    Args:
        amount_reference_minor: The amount in hundredths of the reference currency; None without a rate.
    """
    return {
        "state": ReviewState.OPEN.value,
        "reason": reason.value,
        "since": since,
        "amount_reference_minor": amount_reference_minor,
        "history": [],
    }


def amount_of(review: Mapping[str, Any]) -> int | None:
    """In hundredths of the reference currency; older versions called it otherwise."""
    found: int | None = review.get("amount_reference_minor", review.get("at_stake_minor"))
    return found


def in_state(state: ReviewState, *, at: datetime) -> dict[str, Any]:
    """A query for records in this state; a claim that has run out counts as open."""
    if state is ReviewState.OPEN:
        run_out = {"review.state": ReviewState.CLAIMED.value, "review.claim_until": {"$lte": at}}
        return {"$or": [{"review.state": ReviewState.OPEN.value}, run_out]}
    if state is ReviewState.CLAIMED:
        return {"review.state": state.value, "review.claim_until": {"$gt": at}}
    return {"review.state": state.value}


def review_of_flip(amendment: Amendment, *, amount_reference_minor: int | None) -> dict[str, Any] | None:
    """
    The field `review` to set in the very update that appends this amendment; None when nothing is to be set.

    A record whose verdict was review has waited since then, and keeps its place and what people did with it.
    """
    is_worse = amendment.is_flip and amendment.new_decision is not Decision.APPROVE
    if not is_worse or amendment.old_decision is Decision.REVIEW:
        return None
    return new_review(ReviewReason.FLIP, since=amendment.at, amount_reference_minor=amount_reference_minor)
