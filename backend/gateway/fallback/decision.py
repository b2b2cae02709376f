"""From the absence of a score to a decision. Pure: no clock, no I/O."""

from enum import StrEnum

from gateway.decisions import decision_of_list
from gateway.domain import BlindReason, Decision, DecisionSource, Fallback, Listed, Ruling

# Lines of the blind policy, as `fallback.policy` names them; `Cap` and the lists are the others.
FAIL_OPEN = "fail_open"
REVIEW = "review"
CLOSED = "closed"
REVIEW_REFUSED = "review_refused"


class Stance(StrEnum):
    """What becomes of a payment that cannot be scored."""

    OPEN = "open"  # approved, below the caps
    REVIEW = "review"
    CLOSED = "closed"  # blocked


class Cap(StrEnum):
    """A bound that a blind approval would have passed."""

    PER_TRANSACTION = "cap_per_transaction"
    PER_USER_HOUR = "cap_per_user_hour"
    PER_MERCHANT_OUTAGE = "cap_per_merchant_outage"
    PER_OUTAGE = "cap_per_outage"
    NO_SHARE = "cap_no_share"  # there is a cap per outage, and this gateway holds no part of it that it knows of


def decide_blind(
    reason: BlindReason,
    *,
    is_refusal: bool = False,
    listed: Listed | None = None,
    stance: Stance = Stance.OPEN,
    cap: Cap | None = None,
    above_cap: Decision = Decision.REVIEW,
) -> Ruling:
    """
    Rule without a score, and say which line decided: the first of these that applies.

    Args:
        reason: Why there is no score.
        is_refusal: The scorer is well, and this very transaction is what it will not score. That goes to a person:
            otherwise a caller could choose to be approved blind.
        listed: Lists need no scorer.
        stance: Of the merchant, the channel or the default.
        cap: The cap that an approval would pass, if it would.
        above_cap: What becomes of it then.
    """
    source = DecisionSource.FALLBACK
    if listed is not None:
        decision, line, source = decision_of_list(listed.name), f"{listed.name.value}_list", DecisionSource.LIST
    elif is_refusal:
        decision, line = Decision.REVIEW, REVIEW_REFUSED
    elif stance is Stance.CLOSED:
        decision, line = Decision.BLOCK, CLOSED
    elif stance is Stance.REVIEW:
        decision, line = Decision.REVIEW, REVIEW
    elif cap is not None:
        decision, line, reason = above_cap, cap.value, BlindReason.EXPOSURE_CAP_REACHED
    else:
        decision, line = Decision.APPROVE, FAIL_OPEN
    return Ruling(decision, source, fallback=Fallback(reason_code=reason, policy=line), listed=listed)
