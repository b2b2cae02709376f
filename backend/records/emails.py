"""
What is kept of a buyer's email address: a hash that tells one buyer from another, and the domain.

The hash has no salt, so that two gateways and a file of payments agree on it. Who guesses an address can try it: it
stands for a person, and goes with the person.
"""

import unicodedata
from hashlib import sha256


def normalise(address: str) -> str:
    """The one form of an address: trimmed, in lower case, in normal form C."""
    if address.isascii():
        return address.strip().lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", address).strip().lower())


def kept_of(address: str) -> dict[str, str]:
    """
    Drop an address, and keep `email_hash`, the SHA-256 of its one form in UTF-8 (64 hex digits), and `email_domain`.

    Args:
        address: With an @ in it.
    """
    normalised = normalise(address)
    return {
        "email_hash": sha256(normalised.encode()).hexdigest(),
        "email_domain": normalised.rpartition("@")[2],
    }
