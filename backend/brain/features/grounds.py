"""Groups features into grounds: their contributions are one argument to a person, and are summed."""

import numpy as np
from numpy.typing import NDArray

from brain.features.context import ContextFeatures
from brain.features.formulas import FEATURE_NAMES

USER_GROUNDS = (
    "AMOUNT_VS_USER",
    "USER_ACTIVITY",
    "USER_RECENT_OUTLIERS",
    "USER_FRAUD_HISTORY",
    "USER_CARDS",
    "USER_DEVICES",
)
MERCHANT_GROUNDS = (
    "AMOUNT_VS_MERCHANT",
    "MERCHANT_FRAUD_HISTORY",
    "MERCHANT_ACTIVITY",
    "MERCHANT_NEW_TO_USER",
    "CARD_TESTING",
)
LINK_GROUNDS = ("CARD_ACTIVITY", "DEVICE_ACTIVITY", "ADDRESS_ACTIVITY", "EMAIL_ACTIVITY", "LINKED_FRAUDS")
CONTEXT_GROUNDS = ("TIME_OF_DAY", "CATEGORY", "COUNTRIES", "PAYMENT_METHOD", "ACCOUNT")
GROUNDS = ("AMOUNT", *USER_GROUNDS, *MERCHANT_GROUNDS, *LINK_GROUNDS, *CONTEXT_GROUNDS)

_OF_ONE_FEATURE = {
    "amount_alone": "AMOUNT",
    "amount_to_merchant_median": "AMOUNT_VS_MERCHANT",
    "amount_to_merchant_spread": "AMOUNT_VS_MERCHANT",
    "merchant_count_7d": "MERCHANT_ACTIVITY",
    "merchant_new_to_user": "MERCHANT_NEW_TO_USER",
    "user_days_with_merchant": "MERCHANT_NEW_TO_USER",
    "user_frauds_30d": "USER_FRAUD_HISTORY",
    "user_cards_30d": "USER_CARDS",
    "user_days_with_card": "USER_CARDS",
    "user_devices_30d": "USER_DEVICES",
    "user_days_with_device": "USER_DEVICES",
    "user_near_hour_share": "TIME_OF_DAY",
    "user_category_count_30d": "CATEGORY",
    "country_new_to_user": "COUNTRIES",
    "merchant_count_1h": "CARD_TESTING",
    "merchant_small_1h": "CARD_TESTING",
    "merchant_bin_count_1h": "CARD_TESTING",
    "merchant_bin_cards_1d": "CARD_TESTING",
    "device_small_run": "CARD_TESTING",
    "local_hour": "TIME_OF_DAY",
    "local_weekday": "TIME_OF_DAY",
    "category": "CATEGORY",
    "channel": "PAYMENT_METHOD",
    "payment_method": "PAYMENT_METHOD",
    "card_funding": "PAYMENT_METHOD",
    "email_domain": "ACCOUNT",
    "account_age_days": "ACCOUNT",
}
_BY_BEGINNING = {
    "amount_": "AMOUNT_VS_USER",
    "user_": "USER_ACTIVITY",
    "merchant_": "MERCHANT_FRAUD_HISTORY",
    "card_": "CARD_ACTIVITY",
    "device_": "DEVICE_ACTIVITY",
    "address_": "ADDRESS_ACTIVITY",
    "email_": "EMAIL_ACTIVITY",
}


def ground_of(feature: str) -> str:
    """Return the ground of a feature."""
    if feature in _OF_ONE_FEATURE:
        return _OF_ONE_FEATURE[feature]
    if "outlier" in feature:
        return "USER_RECENT_OUTLIERS"
    if "country" in feature and feature in ContextFeatures._fields:
        return "COUNTRIES"
    if feature.endswith("_frauds_30d"):
        return "LINKED_FRAUDS"
    return next(ground for beginning, ground in _BY_BEGINNING.items() if feature.startswith(beginning))


# (F, G) 1 where a feature belongs to a ground.
FEATURES_TO_GROUNDS: NDArray[np.float64] = np.array(
    [[float(ground_of(name) == ground) for ground in GROUNDS] for name in FEATURE_NAMES]
)
