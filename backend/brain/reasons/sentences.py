"""Writes the sentence of each reason code. Codes are stable; sentences may change at any time."""

import math

from brain.reasons import link_sentences
from brain.reasons.wording import ALARMING, NEUTRAL, SOOTHING, Facts, Sentence, said, times
from money.currencies import REFERENCE_CURRENCY

STRONG = 1.0  # log-odds: nearly triples the risk
TWICE, USUAL = 1.95, 1.05  # what is printed as at least 2.0 reads as alarming, as at most 1.0 as soothing


def _amount(facts: Facts, contribution: float) -> str:
    minor = facts.query.amount_minor
    if minor is None:
        return "amount cannot be judged: its currency has no rate to the reference currency"
    # from the query: the feature is bounded, and a float
    amount = f"amount is worth {minor // 100:,}.{minor % 100:02} {REFERENCE_CURRENCY}"
    if contribution >= STRONG:
        return f"{amount}, high for a user of whom no payment is known"
    return f"{amount}, which {'raises the risk somewhat' if contribution > 0 else 'is ordinary'}"


def _amount_vs_user(facts: Facts, contribution: float) -> str:
    return _compared(facts["amount_to_user_median"], "this user's usual", contribution)


def _amount_vs_merchant(facts: Facts, contribution: float) -> str:
    return _compared(facts["amount_to_merchant_median"], "this merchant's usual", contribution)


def _compared(times: float, measure: str, contribution: float) -> str:
    if math.isnan(times):
        return f"amount cannot be compared with {measure}"
    if times < 0.1:
        return said(f"amount is less than a tenth of {measure}", SOOTHING, contribution)
    reads = ALARMING if times >= TWICE else SOOTHING if times < USUAL else NEUTRAL
    shown = f"{times:,.0f}" if times >= 100 else f"{times:.1f}"
    return said(f"amount is {shown} times {measure}", reads, contribution)


def _user_activity(facts: Facts, contribution: float) -> str:
    hour, day, month = facts["user_count_1h"], facts["user_count_1d"], facts["user_count_30d"]
    burst = f"{times(hour, 'payment')} in the last hour, " if hour > 1 else ""
    return f"this user made {burst}{times(day, 'payment')} in the last day and {month:.0f} in 30 days"


def _user_outliers(facts: Facts, contribution: float) -> str:
    count = facts["user_outliers_14d"]
    if count == 0:
        return said("no payment of this user in the last 14 days was unusually large", SOOTHING, contribution)
    fact = f"{times(count, 'payment')} of this user in the last 14 days stood out as unusually large"
    return said(fact, ALARMING, contribution)


def _user_frauds(facts: Facts, contribution: float) -> str:
    count = facts["user_frauds_30d"]
    fact = f"{times(count, 'fraud')} {_is(count)} known among this user's payments of the last 30 days"
    return said(fact, ALARMING if count else SOOTHING, contribution)


def _merchant_frauds(facts: Facts, contribution: float) -> str:
    known = facts["merchant_known_37d"]
    if not known:
        return "of none of this merchant's payments is it known yet whether it was fraud"
    frauds = round(known * facts["merchant_risk_37d"])
    reads = ALARMING if frauds else SOOTHING
    if known == 1:
        return said(f"this merchant's only settled payment was {'' if frauds else 'not '}fraud", reads, contribution)
    share = "all" if frauds == known else f"{frauds or 'none'}"
    fact = f"{share} of this merchant's last {known:.0f} settled payments {'were' if frauds > 1 else 'was'} fraud"
    run = facts["merchant_run_frauds"]
    latest = f", among them all of the latest {run:.0f}" if 1 < run < known else ""
    return said(fact + latest, reads, contribution)


def _merchant_activity(facts: Facts, contribution: float) -> str:
    return f"this merchant took {times(facts['merchant_count_7d'], 'payment')} in the last 7 days"


def _merchant_new_to_user(facts: Facts, contribution: float) -> str:
    if math.isnan(facts["user_count_30d"]):
        return "it is not known whether this user has paid at this merchant before"
    if facts["merchant_new_to_user"] == 0:
        return said("this user has paid at this merchant in the last 30 days", SOOTHING, contribution)
    return said("this user has not paid at this merchant in the last 30 days", ALARMING, contribution)


def _fixed(sentence: str) -> Sentence:
    def say(facts: Facts, contribution: float) -> str:
        return sentence

    return say


def _is(count: float) -> str:
    return "is" if count <= 1 else "are"


SENTENCES: dict[str, Sentence] = {
    "AMOUNT": _amount,
    "AMOUNT_VS_USER": _amount_vs_user,
    "AMOUNT_VS_MERCHANT": _amount_vs_merchant,
    "USER_ACTIVITY": _user_activity,
    "USER_RECENT_OUTLIERS": _user_outliers,
    "USER_FRAUD_HISTORY": _user_frauds,
    "USER_CARDS": link_sentences.user_cards,
    "USER_DEVICES": link_sentences.user_devices,
    "CARD_ACTIVITY": link_sentences.card_activity,
    "DEVICE_ACTIVITY": link_sentences.device_activity,
    "ADDRESS_ACTIVITY": link_sentences.address_activity,
    "EMAIL_ACTIVITY": link_sentences.email_activity,
    "LINKED_FRAUDS": link_sentences.linked_frauds,
    "CARD_TESTING": link_sentences.card_testing,
    "TIME_OF_DAY": link_sentences.time_of_day,
    "CATEGORY": link_sentences.category,
    "COUNTRIES": link_sentences.countries,
    "PAYMENT_METHOD": link_sentences.payment_method,
    "ACCOUNT": link_sentences.account,
    "NEW_USER": _fixed("this user has no payments in the last 30 days to compare with"),
    "USER_HISTORY_UNAVAILABLE": _fixed("this user's history could not be read"),
    "MERCHANT_FRAUD_HISTORY": _merchant_frauds,
    "MERCHANT_ACTIVITY": _merchant_activity,
    "MERCHANT_NEW_TO_USER": _merchant_new_to_user,
    "NEW_MERCHANT": _fixed("this merchant has no payments in the last 37 days to compare with"),
    "NO_MERCHANT": _fixed("the request names no merchant"),
    "MERCHANT_HISTORY_UNAVAILABLE": _fixed("this merchant's history could not be read"),
}
