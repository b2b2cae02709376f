"""Computes what a payment tells about itself, without any history."""

import math
from typing import NamedTuple

from brain.columns import (
    ACCOUNT_CREATED_MS,
    BILLING_COUNTRY,
    CARD_COUNTRY,
    CARD_FUNDING,
    CATEGORY,
    CHANNEL,
    EMAIL_DOMAIN,
    LOCATION_COUNTRY,
    MERCHANT_COUNTRY,
    NO_TIME_MS,
    PAYMENT_METHOD,
    SHIPPING_COUNTRY,
    TIME_MS,
    UTC_OFFSET_MIN,
    Row,
)
from brain.compiled import borrowing
from brain.domain import DAY_MS, HOUR_MS
from brain.features.codes import NO_CODE, country_of
from brain.features.usual import known_if

_MINUTE_MS = 60_000
_THURSDAY = 3  # the first day of the epoch; Monday is 0


class ContextFeatures(NamedTuple):
    """
    What the request tells. Unknown where it does not.

    Hour and weekday are of the buyer's clock; texts are codes, whose order a model must not read; a mismatch is 1
    where two countries differ, else 0.
    """

    local_hour: float
    local_weekday: float
    category: float
    channel: float
    payment_method: float
    card_funding: float
    email_domain: float
    card_country: float
    merchant_country: float
    card_country_mismatch: float
    billing_country_mismatch: float
    shipping_country_mismatch: float
    location_country_mismatch: float
    account_age_days: float


# A model needs a table for these, see `brain.model.encodings`.
CODED = ("category", "channel", "payment_method", "card_funding", "email_domain", "card_country", "merchant_country")


@borrowing
def context_features(query: Row) -> ContextFeatures:
    """Compute them from a row as in `brain.columns`."""
    local_ms = query[TIME_MS] + query[UTC_OFFSET_MIN] * _MINUTE_MS
    billing = query[BILLING_COUNTRY]
    at_home = billing if billing != NO_CODE else query[CARD_COUNTRY]
    created_ms = query[ACCOUNT_CREATED_MS]
    return ContextFeatures(
        local_hour=float(local_ms // HOUR_MS % 24),
        local_weekday=float((local_ms // DAY_MS + _THURSDAY) % 7),
        category=_code(query[CATEGORY]),
        channel=_code(query[CHANNEL]),
        payment_method=_code(query[PAYMENT_METHOD]),
        card_funding=_code(query[CARD_FUNDING]),
        email_domain=_code(query[EMAIL_DOMAIN]),
        card_country=_code(query[CARD_COUNTRY]),
        merchant_country=_code(query[MERCHANT_COUNTRY]),
        card_country_mismatch=_differ(query[CARD_COUNTRY], country_of(query)),
        billing_country_mismatch=_differ(billing, query[CARD_COUNTRY]),
        shipping_country_mismatch=_differ(query[SHIPPING_COUNTRY], at_home),
        location_country_mismatch=_differ(query[LOCATION_COUNTRY], billing),
        account_age_days=known_if(created_ms != NO_TIME_MS, max(query[TIME_MS] - created_ms, 0) / DAY_MS),
    )


@borrowing
def _code(code: int) -> float:
    return float(code) if code != NO_CODE else math.nan


@borrowing
def _differ(one: int, other: int) -> float:
    """Return whether two codes differ; NaN where one is unknown."""
    if min(one, other) == NO_CODE:
        return math.nan
    return 0.0 if one == other else 1.0
