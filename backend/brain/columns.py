"""
Defines the row of numbers that a payment becomes for compiled functions: (COLUMNS,) integers.

First event time, hundredths of the reference currency and 1 where it was blocked; then a key for each kind of entity,
and that of the transaction; then what it tells about itself, texts as the codes of `brain.features.codes`.
"""

import numpy as np
from numpy.typing import NDArray

# The kinds of entities whose past payments count. Each is a column of keys.
USER, MERCHANT, CARD, DEVICE, ADDRESS, EMAIL = KINDS = (0, 1, 2, 3, 4, 5)
PERSONAL = (USER, CARD, DEVICE, ADDRESS, EMAIL)  # those that name a person
TRANSACTION = len(KINDS)  # the last key

TIME_MS, AMOUNT_MINOR, IS_BLOCKED, KEYS = range(4)
_TOLD = KEYS + len(KINDS) + 1
TEXTS = (  # in the order of their columns
    "category",
    "card_bin",
    "card_country",
    "location_country",
    "merchant_country",
    "billing_country",
    "shipping_country",
    "card_funding",
    "email_domain",
    "channel",
    "payment_method",
)
(
    CATEGORY,
    CARD_BIN,
    CARD_COUNTRY,
    LOCATION_COUNTRY,
    MERCHANT_COUNTRY,
    BILLING_COUNTRY,
    SHIPPING_COUNTRY,
    CARD_FUNDING,
    EMAIL_DOMAIN,
    CHANNEL,
    PAYMENT_METHOD,
) = range(_TOLD, _TOLD + len(TEXTS))
ACCOUNT_CREATED_MS = _TOLD + len(TEXTS)
UTC_OFFSET_MIN = ACCOUNT_CREATED_MS + 1
COLUMNS = UTC_OFFSET_MIN + 1

NOBODY = -1  # no entity: CPython never returns -1 as the hash of a text
NO_TIME_MS = -1  # of the start of an account: unknown

Row = NDArray[np.int64]
Rows = NDArray[np.int64]
