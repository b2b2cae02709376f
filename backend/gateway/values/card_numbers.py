"""
Finds full card numbers in text, so that none is ever written down: whoever stores one is in scope of PCI DSS.

A number counts when a scheme issues it today (range and length), when its check digit is right, and when it is written
as people write cards: in one piece, digit by digit, in pairs, or in the groups that stand on cards. Any digits that
pass Luhn would be one in ten order ids; any grouping would be the phones of whole countries. See decision 0022.
"""

import html
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from gateway.values.characters import ascii_digits

# characters in all, by country: the SWIFT registry of 2026
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_HEAD = re.compile(r"(?<![0-9A-Za-z])([A-Za-z]{2})[0-9]{2}(?=[ -]?[0-9A-Za-z])")
_REST = {
    length: re.compile(rf"(?:[0-9A-Za-z][ -]?){{{length - 1}}}[0-9A-Za-z](?![0-9A-Za-z])")
    for length in set(_LENGTHS.values())
}
_ISSUED = re.compile(
    r"4(?:[0-9]{15}|[0-9]{18})"  # Visa; the 13 digits of old are not issued any more
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5][0-9]|095|[689][0-9]{2})(?:[0-9]{10}|[0-9]{12})"  # Diners Club
    r"|6(?:4[4-9]|5[0-9])[0-9]{13}"  # Discover, RuPay, Troy, Elo
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"  # JCB
    r"|(?:62|81)[0-9]{14,17}"  # UnionPay, RuPay
    r"|(?:60|82)[0-9]{14}"  # Discover, RuPay
    r"|220[0-5][0-9]{12}(?:[0-9]{3})?"  # Mir, PayPak
    r"|506[0-9]{16}"  # Verve
    r"|(?:5[06-8][0-9]{2}|6304|67[0-9]{2})[0-9]{12}"  # Maestro, valid until 2027; Dankort, Elo, RuPay, Cabal
    r"|6703[0-9]{12}(?:[0-9]|[0-9]{3})"  # Bancontact
    r"|63[67][0-9]{13}"  # Elo, Hipercard
    r"|(?:8600|9792|9860)[0-9]{12}|9704[0-9]{12}(?:[0-9]{3})?"  # Uzcard, Troy, Humo, NAPAS
)
# Letters end a number, whatever else stands between its groups does not: "4111 - 1111", "4111/1111", "4111\u20131111".
_BETWEEN = "[^0-9A-Za-z]{1,4}"
_GROUPINGS = (
    (4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (6, 13),
    (4, 6, 5), (4, 4, 4, 3),  # American Express
    (4, 6, 4), (4, 4, 4, 2),  # Diners Club
)  # fmt: skip


def without_ibans(text: str) -> str:
    """The text with each valid IBAN, together or in groups, left out. Their check digits leave no room for chance."""
    kept, since = "", 0
    for head in _HEAD.finditer(text):
        length = _LENGTHS.get(head[1].upper())
        found = _REST[length].match(text, head.start()) if length is not None else None
        if found is not None and head.start() >= since and _passes_mod_97(re.sub(r"[ -]", "", found[0])):
            kept, since = f"{kept}{text[since : found.start()]}x", found.end()
    return kept + text[since:]


def _passes_mod_97(iban: str) -> bool:
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def _grouped(sizes: Sequence[int]) -> re.Pattern[str]:
    """Wherever such groups begin, also within others; zeros may stand before the first."""
    groups = _BETWEEN.join(f"[0-9]{{{size}}}" for size in sizes)
    return re.compile(f"(?<![0-9])(?=0*({groups})(?![0-9]))")


def _row(size: int) -> re.Pattern[str]:
    """All of a row of groups of this size: a part of it would be a piece of some list."""
    group = f"[0-9]{{{size}}}(?![0-9])"
    return re.compile(f"(?<![0-9])({group}(?:{_BETWEEN}{group})+)")


_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # with its digits added up
_FORMS = (re.compile("0*([0-9]{14,})"), *map(_grouped, _GROUPINGS), _row(1), _row(2))
_NO_DIGITS = re.compile("[^0-9]+")
_FOURTEEN, _SHAPES = b"0" * 14, bytes.maketrans(b"123456789", b"0" * 9)
_NO_LETTERS = bytes(code for code in range(256) if not bytes([code]).isalnum())
# In most texts, such as a browser's name, it finds nothing, and the rest is spared.
_POSSIBLE = re.compile(
    rf"[0-9]{{14}}|[0-9]{{4}}{_BETWEEN}[0-9]{{4}}|[0-9]{{6}}{_BETWEEN}[0-9]{{13}}|(?:[0-9]{{1,2}}{_BETWEEN}){{7}}"
)
# What holds so many digits that some look issued by chance (decision 0022 has the counts): ids in hexadecimal, UPS
# parcels, UUIDs, random numbers between 0 and 1, coordinates (as many digits as a double has), whole IPv6 addresses.
_NO_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{24,}|1Z[0-9A-Z]{16})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(?=[0-9-]*[A-Fa-f])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
    r"|(?<![0-9])0\.[0-9]{14,}"
    r"|(?<![0-9.])(?:[1-9][0-9]\.[0-9]{14,15}|[1-9]\.[0-9]{15}|[1-9][0-9]{2}\.[0-9]{14})(?![0-9])"
    r"|(?<![0-9A-Za-z:])(?=[0-9:]*[A-Fa-f])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![0-9A-Za-z:])"
)


def holds_card_number(text: str) -> bool:
    """
    Whether a full card number stands in a text, in digits of any script.

    A number that begins or ends in the middle of a longer run of digits is not looked for, apart from leading zeros.
    """
    return _holds(text) or ("%" in text and _holds(unquote(text))) or ("&" in text and _holds(html.unescape(text)))


def may_hold_card_number(text: bytes) -> bool:
    """
    Whether one may stand in any part of this text, whose digits are ASCII: so few do that the parts need no look each.

    The shortest numbers have 14 digits, and no letters of ASCII in between.
    """
    return _FOURTEEN in text.translate(_SHAPES, _NO_LETTERS) or b"%" in text or b"&" in text


def _holds(text: str) -> bool:
    return any(_is_issued(number) for plain in ascii_digits(text) for number in _candidates(plain))


def _candidates(text: str) -> Iterator[str]:
    if _POSSIBLE.search(text):
        text = _NO_NUMBER.sub("x", without_ibans(text))
        for form in _FORMS:
            for found in form.findall(text):
                yield _NO_DIGITS.sub("", found).lstrip("0")


def _is_issued(digits: str) -> bool:
    return _ISSUED.fullmatch(digits) is not None and _passes_luhn(digits.encode())


def _passes_luhn(digits: bytes) -> bool:
    """In ASCII; each is 48 more than its value."""
    return (sum(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED)) - 48 * len(digits)) % 10 == 0
