"""
Says in which direction a feature may move the score of the shipped model, all else equal, and which it may not look at.

A town cannot teach what it does not hold. Without directions, trees took who pays two hundred times a day for a good
customer, since in the town only good ones had paid so often, and a second payment within a minute for a theft.
"""

from brain.features.formulas import FEATURE_NAMES

# The hours of a made-up town say nothing about a merchant's; a model of one's own payments may look at the clock.
NAMES = tuple(name for name in FEATURE_NAMES if name not in {"local_hour", "local_weekday"})

# More of it never lowers the risk.
_RISKIER = (
    "amount",
    "user_count_1h",
    "user_count_1d",
    "user_amount_",
    "user_outliers",
    "user_frauds",
    "user_cards",
    "user_devices",
    "merchant_new_to_user",
    "country_new_to_user",
    "merchant_risk",
    "merchant_run_frauds",
    "merchant_small",
    "merchant_bin",
    "card_count",
    "card_merchants",
    "card_users",
    "card_frauds",
    "card_country_mismatch",
    "device_count",
    "device_cards",
    "device_users",
    "device_frauds",
    "device_small",
    "address_count",
    "address_cards",
    "address_users",
    "address_frauds",
    "billing_country_mismatch",
    "shipping_country_mismatch",
    "location_country_mismatch",
    "email_count",
    "email_cards",
    "email_users",
    "email_frauds",
)
# More of it never raises the risk.
_SAFER = ("user_days_with", "user_near_hour")


def direction(name: str) -> int:
    """Return 1 where more of a feature never lowers the score, -1 where it never raises it, else 0."""
    return int(name.startswith(_RISKIER)) - int(name.startswith(_SAFER))
