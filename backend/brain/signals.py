"""Turns what a request told into the last fields of a query: the same from the wire and from a record of the ledger."""

from typing import Any

from records.signals import Signals


def told_by(signals: Signals) -> tuple[Any, ...]:
    """The fields of a `Query` from `card` on, in its order; None for what was not told."""
    return (
        signals.card or None,
        signals.card_bin or None,
        signals.card_country or None,
        signals.location_country or None,
        signals.merchant_country or None,
        signals.billing_country or None,
        signals.shipping_country or None,
        signals.card_funding or None,
        signals.device or None,
        signals.address or None,
        signals.email or None,
        signals.email_domain or None,
        signals.account_created_ms or None,
        signals.category or None,
        signals.channel or None,
        signals.payment_method or None,
        signals.utc_offset_min or None,
    )
