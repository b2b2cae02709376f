"""Writes the sentences about cards, devices, addresses, countries and the clock."""

import math

from brain.reasons.wording import ALARMING, NEUTRAL, SOOTHING, Facts, ordinal, said, times

_NIGHT_UNTIL = 5  # o'clock
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def user_cards(facts: Facts, contribution: float) -> str:
    """Describe the cards of this user."""
    return _of_user(facts, "card", contribution)


def user_devices(facts: Facts, contribution: float) -> str:
    """Describe the devices of this user."""
    return _of_user(facts, "device", contribution)


def _of_user(facts: Facts, noun: str, contribution: float) -> str:
    count, days = facts[f"user_{noun}s_30d"], facts[f"user_days_with_{noun}"]
    if math.isnan(count):
        return f"the request names no {noun} that this user could have used before"
    if days > 0:
        return said(f"this user has used this {noun} for {_days(days)}", SOOTHING, contribution)
    return said(f"{ordinal(count)} {noun} of this user in 30 days, never used before", ALARMING, contribution)


def card_activity(facts: Facts, contribution: float) -> str:
    """Describe what this card did."""
    if math.isnan(facts["card_count_1d"]):
        return "the request names no card, or its history could not be read"
    users, merchants = facts["card_users_30d"], facts["card_merchants_1d"]
    if users > 1:
        return said(f"{users:.0f} users of this card in 30 days", ALARMING, contribution)
    if merchants > 1:
        return f"{merchants:.0f} merchants of this card today, {times(facts['card_count_1d'], 'payment')} before"
    return _counted(facts, "card")


def device_activity(facts: Facts, contribution: float) -> str:
    """Describe what this device did."""
    return _shared(facts, "device", "device", contribution)


def address_activity(facts: Facts, contribution: float) -> str:
    """Describe what came from this network address."""
    return _shared(facts, "address", "network address", contribution)


def _shared(facts: Facts, kind: str, noun: str, contribution: float) -> str:
    if math.isnan(facts[f"{kind}_count_1d"]):
        return f"the request names no {noun}, or its history could not be read"
    cards, users = facts[f"{kind}_cards_1d"], facts[f"{kind}_users_30d"]
    if cards > 1:
        is_nth = facts[f"{kind}_count_1d"] + 1 == cards  # each with another card
        which = f"{ordinal(cards)} card" if is_nth else f"{cards:.0f} cards"
        return said(f"{which} on this {noun} today", ALARMING, contribution)
    if users > 1:
        return said(f"{users:.0f} users of this {noun} in 30 days", ALARMING, contribution)
    return _counted(facts, kind, noun)


def _counted(facts: Facts, kind: str, noun: str = "card") -> str:
    return f"{times(facts[f'{kind}_count_1d'], 'payment')} with this {noun} today before this one"


def email_activity(facts: Facts, contribution: float) -> str:
    """Describe what this email address did."""
    users, cards = facts["email_users_30d"], facts["email_cards_30d"]
    if math.isnan(users):
        return "the request names no email address, or its history could not be read"
    if users > 1:
        return said(f"{users:.0f} users of this email address in 30 days", ALARMING, contribution)
    if cards > 1:
        return said(f"{cards:.0f} cards with this email address in 30 days", ALARMING, contribution)
    return f"{times(facts['email_count_1d'], 'payment')} with this email address today before this one"


def linked_frauds(facts: Facts, contribution: float) -> str:
    """Describe known frauds of the same card, device or address."""
    counts = {
        "card": facts["card_frauds_30d"],
        "device": facts["device_frauds_30d"],
        "network address": facts["address_frauds_30d"],
        "email address": facts["email_frauds_30d"],
    }
    known = {noun: count for noun, count in counts.items() if count > 0}
    if not known:
        return said("no fraud is known of this card, device or address in 30 days", SOOTHING, contribution)
    told = ", ".join(f"{times(count, 'fraud')} with this {noun}" for noun, count in known.items())
    return said(f"{told} in 30 days", ALARMING, contribution)


def card_testing(facts: Facts, contribution: float) -> str:
    """Describe signs that somebody tries cards."""
    cards, run = facts["merchant_bin_cards_1d"], facts["device_small_run"]
    if cards > 1:
        return f"{cards:.0f} cards of the same issuer number at this merchant today"
    if run > 1:
        return f"the last {run:.0f} payments with this device today were small ones"
    hour, small = facts["merchant_count_1h"], facts["merchant_small_1h"]
    if math.isnan(hour):
        return "nothing is known of this merchant's last hour"
    return f"this merchant took {times(hour, 'payment')} in the last hour, {small:.0f} of them small"


def time_of_day(facts: Facts, contribution: float) -> str:
    """Describe when it is where the buyer is."""
    hour, share = facts["local_hour"], facts["user_near_hour_share"]
    night = " in the night" if hour < _NIGHT_UNTIL else ""
    fact = f"it is {hour:.0f} o'clock{night} on a {_WEEKDAYS[int(facts['local_weekday'])]} where the buyer is"
    if math.isnan(share):
        return fact
    return f"{fact}; {share:.0%} of this user's payments came within three hours of it"


def category(facts: Facts, contribution: float) -> str:
    """Describe the kind of shop."""
    name, count = facts.query.category, facts["user_category_count_30d"]
    if name is None:
        return "the request does not tell what kind of shop it is"
    if math.isnan(count):
        return f"a payment at this kind of shop ({name})"
    if count == 0:
        return f"first payment of this user in 30 days at this kind of shop ({name})"
    return f"{times(count, 'payment')} of this user in 30 days at this kind of shop ({name})"


def countries(facts: Facts, contribution: float) -> str:
    """Describe countries that differ, or those that are named."""
    query = facts.query
    place = query.location_country or query.merchant_country
    pairs = (
        ("card_country_mismatch", f"a card of {query.card_country} used in {place}"),
        ("billing_country_mismatch", f"a card of {query.card_country} billed to {query.billing_country}"),
        ("location_country_mismatch", f"paid from {query.location_country}, billed to {query.billing_country}"),
        (
            "shipping_country_mismatch",
            f"shipped to {query.shipping_country}, billed to {query.billing_country or query.card_country}",
        ),
    )
    differing = [words for name, words in pairs if facts[name] == 1]
    if facts["country_new_to_user"] == 1:
        differing.append(f"this user's first payment in 30 days in {place}")
    if differing:
        return said("; ".join(differing), ALARMING, contribution)
    named = sorted({one for one in (query.card_country, place, query.billing_country) if one})
    return f"the countries of this payment: {', '.join(named)}" if named else "the request names no country"


def payment_method(facts: Facts, contribution: float) -> str:
    """Describe how it was paid."""
    query = facts.query
    told = [one for one in (query.payment_method, query.card_funding, query.channel) if one]
    return f"paid by {', '.join(told)}" if told else "the request does not tell how it was paid"


def account(facts: Facts, contribution: float) -> str:
    """Describe the account and the provider of its email address."""
    days = facts["account_age_days"]
    if math.isnan(days):
        return "the provider of the email address" if facts.query.email_domain else "the account's age is not known"
    reads = ALARMING if days < 1 else NEUTRAL
    return said(f"the account is {_days(days)} old", reads, contribution)


def _days(days: float) -> str:
    return times(days, "day") if days >= 1 else "less than a day"
