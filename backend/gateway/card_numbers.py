"""Finds full card numbers in text, so that none is ever written down: whoever stores one is in scope of PCI DSS."""

import re
from collections.abc import Iterator

_GROUPED = re.compile(r"[0-9]+(?:[ ._-][0-9]+)*")
# The ranges that issuers use today, with their lengths. Any run of digits that passes Luhn would be one in ten
# order numbers.
_ISSUED = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5]|[689][0-9])[0-9]{11}"  # Diners Club
    r"|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}"  # Discover
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"  # JCB
    r"|62[0-9]{14,17}"  # UnionPay
    r"|(?:5[06-9]|6[0-9])[0-9]{10,17}"  # Maestro
)
_DIGITS_MIN, _DIGITS_MAX = 13, 19


def holds_card_number(text: str) -> bool:
    """
    Whether a full card number stands in a text, written together or in groups (" ", ".", "_" or "-" between).

    A number that begins or ends in the middle of a longer run of digits is not looked for.
    """
    return any(
        _ISSUED.fullmatch(digits) and _passes_luhn(digits)
        for found in _GROUPED.finditer(text)
        for digits in _windows(re.split(r"[ ._-]", found[0]))
    )


def _windows(groups: list[str]) -> Iterator[str]:
    """Whole neighbouring groups of digits, as long together as a card number can be."""
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if len(digits) > _DIGITS_MAX:
                break
            if len(digits) >= _DIGITS_MIN:
                yield digits


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0
