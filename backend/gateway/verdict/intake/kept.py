"""What is kept of a request, and the digest of it that tells a retry from another payment."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.values.characters import composed
from records.emails import kept_of

_encoder = msgspec.json.Encoder(order="deterministic")


def drop_email(as_sent: dict[str, Any]) -> None:
    """Keep of the buyer's email address, where there is one, its hash and its domain."""
    customer = as_sent.get("customer")
    if customer is not None and "email" in customer:
        as_sent["customer"] = kept_of(customer.pop("email")) | customer


def rfc3339(time: datetime) -> str:
    """Write a time with the offset that it has, as pydantic does."""
    return time.isoformat().replace("+00:00", "Z")


def digest_of(kept: Mapping[str, Any]) -> bytes:
    """
    SHA-256 of the one form that equal requests have, however their text was typed.

    Args:
        kept: Of one request, as records have it.
    """
    timestamp = kept.get("timestamp")
    if timestamp is not None and timestamp[-1] != "Z":
        kept = {**kept, "timestamp": rfc3339(datetime.fromisoformat(timestamp).astimezone(UTC))}
    encoded = _encoder.encode(kept)
    return hashlib.sha256(encoded if encoded.isascii() else composed(encoded.decode()).encode()).digest()
