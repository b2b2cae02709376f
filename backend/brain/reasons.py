"""Why a transaction got its score, in sentences for a fraud analyst."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.features import FEATURE_NAMES
from brain.history import Query
from brain.sentences import SENTENCES, Facts

REASONS_MAX = 5
CONTRIBUTION_MIN = 0.01  # log-odds: less would not move a score by a hundredth of itself

_USER = tuple(name for name in FEATURE_NAMES if name.startswith("user_"))
_MERCHANT = tuple(name for name in FEATURE_NAMES if name.startswith("merchant_"))
_AMOUNT_VS_USER = tuple(
    name for name in FEATURE_NAMES if name.startswith(("amount_to_user", "amount_z", "user_amount"))
)


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One ground of a score.

    Attributes:
        code: Stable, upper case: one of those in `sentences.SENTENCES`.
        message: A sentence for a fraud analyst.
        contribution: Log-odds; positive raises the risk above that of the average payment.
    """

    code: str
    message: str
    contribution: float


def explain(query: Query, x: NDArray[np.float64], contributions: NDArray[np.float64]) -> list[Reason]:
    """
    One to five reasons of one score.

    Features that say the same thing to a person are summed into one reason. Largest contribution first; where
    the score is above average, all that raised it stand before what lowered it.

    Args:
        query: What was asked.
        x: (F,) its features.
        contributions: (F,) what each did, as `Model.predict` gives it.
    """
    facts = Facts(query, dict(zip(FEATURE_NAMES, x.tolist(), strict=True)))
    codes = _codes(facts)
    sums: dict[str, float] = {}
    for code, contribution in zip(codes, contributions.tolist(), strict=True):
        sums[code] = sums.get(code, 0.0) + contribution
    is_risky = sum(sums.values()) > 0
    ranked = sorted(sums.items(), key=lambda item: (is_risky and item[1] <= 0, -abs(item[1])))
    telling = [item for item in ranked if abs(item[1]) >= CONTRIBUTION_MIN] or ranked[:1]
    return [Reason(code, SENTENCES[code](facts, value), value) for code, value in telling[:REASONS_MAX]]


def _table(*, user: str, merchant: str) -> tuple[str, ...]:
    """The code of each feature, for one state of the user's and of the merchant's history."""
    codes = dict.fromkeys(FEATURE_NAMES, "USER_ACTIVITY")
    codes |= dict.fromkeys(_MERCHANT, "MERCHANT_FRAUD_HISTORY")
    codes |= dict.fromkeys(_AMOUNT_VS_USER, "AMOUNT_VS_USER")
    codes |= {
        "amount": "AMOUNT",
        "amount_to_merchant_mean": "AMOUNT_VS_MERCHANT",
        "merchant_count_7d": "MERCHANT_ACTIVITY",
        "merchant_new_to_user": "MERCHANT_NEW_TO_USER",
        "user_frauds_30d": "USER_FRAUD_HISTORY",
    }
    codes |= {name: "USER_RECENT_OUTLIERS" for name in FEATURE_NAMES if "outlier" in name}
    if user:
        codes |= dict.fromkeys((*_USER, *_AMOUNT_VS_USER), user)
    if merchant:
        codes |= dict.fromkeys((*_MERCHANT, "amount_to_merchant_mean"), merchant)
    return tuple(codes[name] for name in FEATURE_NAMES)


_USER_STATES = ("", "NEW_USER", "USER_HISTORY_UNAVAILABLE")
_MERCHANT_STATES = ("", "NEW_MERCHANT", "NO_MERCHANT", "MERCHANT_HISTORY_UNAVAILABLE")
_TABLES = {
    (user, merchant): _table(user=user, merchant=merchant) for user in _USER_STATES for merchant in _MERCHANT_STATES
}


def _codes(facts: Facts) -> tuple[str, ...]:
    user = merchant = ""
    if facts.is_unknown("user_count_30d"):
        user = "USER_HISTORY_UNAVAILABLE"
    elif facts["user_count_30d"] == 0:
        user = "NEW_USER"
    if facts.query.merchant_id is None:
        merchant = "NO_MERCHANT"
    elif facts.is_unknown("merchant_count_7d"):
        merchant = "MERCHANT_HISTORY_UNAVAILABLE"
    elif facts["merchant_count_7d"] == facts["merchant_known_37d"] == 0:
        merchant = "NEW_MERCHANT"
    return _TABLES[user, merchant]
