"""Three sentences on a score, chosen by its features: what a demonstration shows beside the number."""

from collections.abc import Mapping
from math import isnan

from protos import fraud_pb2

_SENTENCES = (
    ("AMOUNT_USUAL", "amount_to_user_median", "The amount is {0:.1f} times what the user usually pays."),
    ("MERCHANT_AMOUNT", "amount_to_merchant_median", "The amount is {0:.1f} times what is usual at the merchant."),
    ("USER_ACTIVITY", "user_count_1d", "The user paid {0:.0f} times in the last day."),
)


def write_reasons(features: Mapping[str, float], reply: fraud_pb2.ScoreReply) -> None:
    """Append a sentence for each feature that is known."""
    for code, name, sentence in _SENTENCES:
        value = features[name]
        if not isnan(value):
            reply.reasons.add(code=code, message=sentence.format(value), contribution=value)
