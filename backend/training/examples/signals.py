"""
Takes from payments what a merchant may not send: their card, device, addresses, account, kind of shop, countries.

Only what a payment itself tells is taken away. The payments before it keep theirs, as they do when a merchant's other
checkout page sends less.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.payments import Payments

Bools = NDArray[np.bool_]

# What a request tells or does not tell together: each is one part of it, or comes from one source.
SIGNALS = (
    ("card", "card_bin", "card_country", "card_funding"),
    ("device",),
    ("address", "location_country"),
    ("email", "email_domain"),
    ("account_created_ms",),
    ("category", "merchant_country"),
    ("billing_country", "shipping_country"),
    ("channel", "payment_method"),
    ("utc_offset_min",),
)


def draw_lost(n: int, rng: np.random.Generator, *, each: float, all_of_them: float) -> Bools:
    """
    Draw which SIGNALS each of n payments, or of n merchants, does not tell: (n, len(SIGNALS)).

    Args:
        each: The share of every signal that is lost, independently of the others.
        all_of_them: The share that tells none, as a request of four fields.
    """
    lost = rng.random((n, len(SIGNALS))) < each
    lost[rng.random(n) < all_of_them] = True
    return lost


def without_signals(payments: Payments, lost: Bools) -> Payments:
    """Return n payments that do not tell the SIGNALS that are marked as lost (n, len(SIGNALS))."""
    columns = {}
    for signal, names in enumerate(SIGNALS):
        unknown = payments.without(names)
        for name in names:
            columns[name] = np.where(lost[:, signal], getattr(unknown, name), getattr(payments, name))
    return replace(payments, **columns)
