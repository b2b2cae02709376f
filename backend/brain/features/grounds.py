"""Groups features into grounds: their contributions are one argument to a person, and are summed."""

import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES

USER_GROUNDS = ("AMOUNT_VS_USER", "USER_ACTIVITY", "USER_RECENT_OUTLIERS", "USER_FRAUD_HISTORY")
MERCHANT_GROUNDS = ("AMOUNT_VS_MERCHANT", "MERCHANT_FRAUD_HISTORY", "MERCHANT_ACTIVITY", "MERCHANT_NEW_TO_USER")
GROUNDS = ("AMOUNT", *USER_GROUNDS, *MERCHANT_GROUNDS)

_OF_ONE_FEATURE = {
    "amount_alone": "AMOUNT",
    "amount_to_merchant_median": "AMOUNT_VS_MERCHANT",
    "amount_to_merchant_spread": "AMOUNT_VS_MERCHANT",
    "merchant_count_7d": "MERCHANT_ACTIVITY",
    "merchant_new_to_user": "MERCHANT_NEW_TO_USER",
    "user_frauds_30d": "USER_FRAUD_HISTORY",
}


def ground_of(feature: str) -> str:
    """Return the ground of a feature."""
    if feature in _OF_ONE_FEATURE:
        return _OF_ONE_FEATURE[feature]
    if "outlier" in feature:
        return "USER_RECENT_OUTLIERS"
    if feature.startswith(("amount_", "user_amount_")):
        return "AMOUNT_VS_USER"
    return "USER_ACTIVITY" if feature.startswith("user_") else "MERCHANT_FRAUD_HISTORY"


# (F, G) 1 where a feature belongs to a ground.
FEATURES_TO_GROUNDS: NDArray[np.float64] = np.array(
    [[float(ground_of(name) == ground) for ground in GROUNDS] for name in FEATURE_NAMES]
)
