"""
Finds full card numbers in text, so that none is ever written down: whoever stores one is in scope of PCI DSS.

A number counts when a scheme issues it today (range and length), when its check digit is right, and when it is written
as people write cards: in one piece, digit by digit, in pairs, or in the groups that stand on cards. Any digits that
pass Luhn would be one in ten order ids; any grouping would be the phones of whole countries. See decision 0022.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from gateway.characters import ascii_digits
from gateway.ibans import without_ibans

_ISSUED = re.compile(
    r"4(?:[0-9]{15}|[0-9]{18})"  # Visa; the 13 digits of old are not issued any more
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5][0-9]|095|[689][0-9]{2})(?:[0-9]{10}|[0-9]{12})"  # Diners Club
    r"|6(?:4[4-9]|5[0-9])[0-9]{13}"  # Discover, RuPay, Troy, Elo
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"  # JCB
    r"|62[0-9]{14,17}"  # UnionPay
    r"|(?:60|8[12])[0-9]{14}"  # Discover, RuPay
    r"|220[0-4][0-9]{12}(?:[0-9]{3})?"  # Mir
    r"|50[6-9][0-9]{13}|506[0-9]{16}"  # Elo, RuPay, Verve
    r"|(?:5018|5019|5020|5038|5893|6304|6759|676[1-3])[0-9]{12}"  # Maestro, valid until 2027; Dankort
    r"|63[67][0-9]{13}"  # Elo, Hipercard
    r"|(?:8600|9792|9860)[0-9]{12}|9704[0-9]{12}(?:[0-9]{3})?"  # Uzcard, Troy, Humo, NAPAS
)
_GROUPINGS = (
    (4, 4, 4, 4), (4, 4, 4, 4, 3), (6, 13),
    (4, 6, 5), (4, 4, 4, 3),  # American Express
    (4, 6, 4), (4, 4, 4, 2),  # Diners Club
)  # fmt: skip
_EQUAL_GROUPS = {1: range(14, 20), 2: range(8, 9)}  # size of each: how many make a number
_RUN = re.compile(r"[0-9]+")
# In most texts, such as a browser's name, it finds nothing, and the rest is spared.
_POSSIBLE = re.compile(
    r"[0-9]{14}|[0-9]{4}[^0-9A-Za-z]{1,4}[0-9]{4}|[0-9]{6}[^0-9A-Za-z]{1,4}[0-9]{13}|(?:[0-9]{1,2}[^0-9A-Za-z]{1,4}){7}"
)
# Letters end a number, whatever else stands between groups does not: "4111 - 1111", "4111/1111", "4111\u20131111".
_CHAIN = re.compile(r"[0-9]+(?:[^0-9A-Za-z]{1,4}[0-9]+)*")
# What holds so many digits by chance that 1 in 10,000 looked issued: hashes and ids in hexadecimal such as a UUID
# without hyphens, whole IPv6 addresses, parcels of UPS, random numbers between 0 and 1.
_NO_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{24,}|1Z[0-9A-Z]{16})(?![0-9A-Za-z])"
    r"|(?<![0-9])0\.[0-9]{14,}"
    r"|(?<![0-9A-Za-z:])(?=[0-9:]*[A-Fa-f])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![0-9A-Za-z:])"
)


def holds_card_number(text: str) -> bool:
    """
    Whether a full card number stands in a text, in digits of any script.

    A number that begins or ends in the middle of a longer run of digits is not looked for, apart from leading zeros.
    """
    if "%" in text:
        return _holds(text) or _holds(unquote(text))
    return _holds(text)


def _holds(text: str) -> bool:
    return any(_is_issued(number) for plain in ascii_digits(text) for number in _candidates(plain))


def _candidates(text: str) -> Iterator[str]:
    if not _POSSIBLE.search(text):
        return
    for chain in _CHAIN.findall(_NO_NUMBER.sub("x", without_ibans(text))):
        groups = _RUN.findall(chain)
        for group in groups:
            yield group.lstrip("0")
        for start in range(len(groups)):
            yield from _grouped(groups, start)
        yield from _equal(groups)


def _grouped(groups: Sequence[str], start: int) -> Iterator[str]:
    """Numbers in the groups of cards that begin with this group; zeros may stand before the first."""
    for sizes in _GROUPINGS:
        found = groups[start : start + len(sizes)]
        surplus = len(found[0]) - sizes[0]
        if surplus >= 0 and tuple(map(len, found[1:])) == sizes[1:] and not found[0][:surplus].strip("0"):
            yield "".join(found)[surplus:]


def _equal(groups: Sequence[str]) -> Iterator[str]:
    """Numbers digit by digit, or in pairs: all of a row of such groups, or it is no number but a list."""
    for size, counts in _EQUAL_GROUPS.items():
        row = ""
        for group in [*groups, ""]:
            if len(group) == size:
                row += group
            else:
                number = row.lstrip("0") if size == 1 else row
                if len(number) // size in counts:
                    yield number
                row = ""


def _is_issued(digits: str) -> bool:
    return _ISSUED.fullmatch(digits) is not None and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0
