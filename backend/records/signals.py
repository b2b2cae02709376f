"""
What a request tells of a payment beside its amount, user and merchant, and where a record keeps it.

One function reads it from a request, for the gateway that sends it to a brain, and for the brain and for training that
read it from records: so a payment is the same payment to each of them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

_BIN_DIGITS = 6  # of up to eight: as many as every card and every file of payments has
_KEPT = (
    "timestamp", "channel", "payment_method", "card.token", "card.bin", "card.country", "card.funding", "device.id",
    "device.ip", "customer.email_hash", "customer.email_domain", "customer.created_at", "location.country",
    "merchant.country", "merchant.category", "merchant.mcc", "billing.country", "shipping.country",
)  # fmt: skip
BARE = 4  # fields that every request has: with no more of them it tells nothing else
SIGNALS = {f"request.{path}": 1 for path in _KEPT}  # a projection of records


class Signals(Protocol):
    """
    What may be told; "" or 0 where nothing was.

    Attributes:
        card: The card's token.
        card_bin: The card's first six digits.
        card_country: ISO 3166-1 alpha-2, as all countries; of the issuer.
        device: Its id.
        address: The buyer's network address.
        email: SHA-256 of the buyer's email address, see records/emails.py.
        account_created_ms: When the buyer's account was opened, milliseconds since the epoch, UTC.
        category: The merchant's category, or else its category code (MCC).
        utc_offset_min: Minutes that the sender's clock is ahead of UTC.
    """

    card: str
    card_bin: str
    card_country: str
    location_country: str
    merchant_country: str
    billing_country: str
    shipping_country: str
    card_funding: str
    device: str
    address: str
    email: str
    email_domain: str
    account_created_ms: int
    category: str
    channel: str
    payment_method: str
    utc_offset_min: int


class RecordedSignals(Struct, gc=False):
    """The same, as read from a record. Attributes as of `Signals`."""

    card: str = ""
    card_bin: str = ""
    card_country: str = ""
    location_country: str = ""
    merchant_country: str = ""
    billing_country: str = ""
    shipping_country: str = ""
    card_funding: str = ""
    device: str = ""
    address: str = ""
    email: str = ""
    email_domain: str = ""
    account_created_ms: int = 0
    category: str = ""
    channel: str = ""
    payment_method: str = ""
    utc_offset_min: int = 0


def copy_signals(request: Mapping[str, Any], into: Signals) -> None:  # noqa: PLR0912
    """
    Copy what a request tells. A line for each, because a table of them takes twice as long, and each payment pays it.

    Args:
        request: As it is kept in records.

    Raises:
        ValueError, TypeError, AttributeError: it is none of ours.
    """
    get = request.get
    if part := get("card"):
        if value := part.get("token"):
            into.card = value
        if value := part.get("bin"):
            into.card_bin = value[:_BIN_DIGITS]
        if value := part.get("country"):
            into.card_country = value
        if value := part.get("funding"):
            into.card_funding = value
    if part := get("device"):
        if value := part.get("id"):
            into.device = value
        if value := part.get("ip"):
            into.address = value
    if part := get("customer"):
        if value := part.get("email_hash"):
            into.email, into.email_domain = value, part["email_domain"]
        if value := part.get("created_at"):
            into.account_created_ms = round(datetime.fromisoformat(value).timestamp() * 1000)
    if part := get("merchant"):
        if value := part.get("country"):
            into.merchant_country = value
        if value := part.get("category") or part.get("mcc"):
            into.category = value
    if (part := get("location")) and (value := part.get("country")):
        into.location_country = value
    if (part := get("billing")) and (value := part.get("country")):
        into.billing_country = value
    if (part := get("shipping")) and (value := part.get("country")):
        into.shipping_country = value
    if value := get("channel"):
        into.channel = value
    if value := get("payment_method"):
        into.payment_method = value
    if (value := get("timestamp")) and value[-1] != "Z":
        into.utc_offset_min = _offset_min(value)


def _offset_min(timestamp: str) -> int:
    """Of a time with an offset such as +05:30 at its end."""
    minutes = int(timestamp[-5:-3]) * 60 + int(timestamp[-2:])
    return -minutes if timestamp[-6] == "-" else minutes
