"""The sentence behind each reason code. Codes are stable; sentences may be improved at any time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from brain.features import FEATURE_NAMES
from brain.history import Query

_COLUMN = {name: column for column, name in enumerate(FEATURE_NAMES)}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence may speak of: the query and its features by name."""

    query: Query
    features: Sequence[float]

    def __getitem__(self, name: str) -> float:
        return self.features[_COLUMN[name]]


# Of the facts and the reason's contribution in log-odds.
Sentence = Callable[[Facts, float], str]

STRONG = 1.0  # log-odds: nearly triples the risk


def _amount(facts: Facts, contribution: float) -> str:
    if facts.query.amount_minor is None:
        return "amount cannot be judged: its currency has no rate to the reference currency"
    amount = f"amount of {facts['amount']:,.2f} in the reference currency"
    if contribution >= STRONG:
        return f"{amount} is high for any user"
    return f"{amount} is somewhat high" if contribution > 0 else f"{amount} is ordinary"


def _amount_vs_user(facts: Facts, contribution: float) -> str:
    times = facts["amount_to_user_usual"]
    if math.isnan(times):
        return "amount cannot be compared with this user's usual"
    if times < 0.1:
        return "amount is less than a tenth of this user's usual"
    return f"amount is {times:.1f} times this user's usual"


def _amount_vs_merchant(facts: Facts, contribution: float) -> str:
    times = facts["amount_to_merchant_mean"]
    if math.isnan(times):
        return "amount cannot be compared with this merchant's average"
    return f"amount is {times:.1f} times this merchant's average"


def _user_activity(facts: Facts, contribution: float) -> str:
    today, month = facts["user_count_1d"], facts["user_count_30d"]
    return f"this user made {_times(today, 'payment')} in the last day and {_times(month, 'payment')} in 30 days"


def _user_outliers(facts: Facts, contribution: float) -> str:
    count = facts["user_outliers_14d"]
    if count == 0:
        return "none of this user's payments of the last 14 days was unusually large"
    return f"{_times(count, 'payment')} of this user in the last 14 days stood out as unusually large"


def _user_frauds(facts: Facts, contribution: float) -> str:
    count = facts["user_frauds_30d"]
    if count == 0:
        return "no fraud is known in this user's last 30 days"
    return f"{_times(count, 'known fraud')} in this user's last 30 days"


def _merchant_frauds(facts: Facts, contribution: float) -> str:
    known = facts["merchant_known_37d"]
    frauds = round(known * facts["merchant_risk_37d"]) if known else 0
    if not known:
        return "for none of this merchant's payments is it known yet whether they were fraud"
    if not frauds:
        return f"none of this merchant's last {_times(known, 'settled payment')} was fraud"
    run = facts["merchant_run_frauds"]
    latest = f", among them all of the latest {run:.0f}" if run > 1 else ""
    return f"{frauds} of this merchant's last {_times(known, 'settled payment')} were fraud{latest}"


def _merchant_activity(facts: Facts, contribution: float) -> str:
    return f"this merchant took {_times(facts['merchant_count_7d'], 'payment')} in the last 7 days"


def _merchant_new_to_user(facts: Facts, contribution: float) -> str:
    if facts["merchant_new_to_user"] == 1:
        return "this user has not paid at this merchant in the last 30 days"
    return "this user has paid at this merchant before"


def _fixed(sentence: str) -> Sentence:
    def say(facts: Facts, contribution: float) -> str:
        return sentence

    return say


def _times(count: float, noun: str) -> str:
    return f"{count:.0f} {noun}" + ("" if count == 1 else "s")


SENTENCES: dict[str, Sentence] = {
    "AMOUNT": _amount,
    "AMOUNT_VS_USER": _amount_vs_user,
    "AMOUNT_VS_MERCHANT": _amount_vs_merchant,
    "USER_ACTIVITY": _user_activity,
    "USER_RECENT_OUTLIERS": _user_outliers,
    "USER_FRAUD_HISTORY": _user_frauds,
    "NEW_USER": _fixed("this user has no payments in the last 30 days to compare with"),
    "USER_HISTORY_UNAVAILABLE": _fixed("this user's history could not be read"),
    "MERCHANT_FRAUD_HISTORY": _merchant_frauds,
    "MERCHANT_ACTIVITY": _merchant_activity,
    "MERCHANT_NEW_TO_USER": _merchant_new_to_user,
    "NEW_MERCHANT": _fixed("this merchant has no payments in the last 37 days to compare with"),
    "NO_MERCHANT": _fixed("the request names no merchant"),
    "MERCHANT_HISTORY_UNAVAILABLE": _fixed("this merchant's history could not be read"),
}
