"""
Turns texts into numbers that every process and every training gives alike.

Python's `hash` differs from process to process, and a model is trained in another one than it serves in.
"""

import hashlib
from functools import lru_cache

from brain.columns import LOCATION_COUNTRY, MERCHANT_COUNTRY, Row
from brain.compiled import borrowing

NO_CODE = -1  # there is no text

_MCC_DIGITS = 4
_HASHES_FROM = 10**_MCC_DIGITS  # below stand the merchant category codes themselves
_HASH_BITS = 52  # a code stays below 2^53, so that a float holds it exactly


@lru_cache(maxsize=1 << 14)  # a category or a country comes again and again
def code_of(text: str | None) -> int:
    """
    Return the code of a text, the same for any case and any space around it; NO_CODE for none.

    A merchant category code of four digits is its own number. Two of a thousand other texts share a code once in 10^10
    lists.
    """
    folded = (text or "").strip().casefold()
    if not folded:
        return NO_CODE
    if len(folded) == _MCC_DIGITS and folded.isascii() and folded.isdigit():
        return int(folded)
    digest = hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    code: int = _HASHES_FROM + (int.from_bytes(digest) >> (64 - _HASH_BITS))
    return code


@borrowing
def short(code: int) -> int:
    """Shorten a code to 31 bits, which tell apart what one entity's history holds; NO_CODE stays."""
    return code if code == NO_CODE else code & 0x7FFFFFFF


@borrowing
def country_of(row: Row) -> int:
    """Return where the buyer was, or else the merchant; NO_CODE where neither is known."""
    return int(row[LOCATION_COUNTRY] if row[LOCATION_COUNTRY] != NO_CODE else row[MERCHANT_COUNTRY])
