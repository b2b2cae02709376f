"""Account numbers (ISO 13616): printed in groups of four as cards are, and many of their digits pass for a card's."""

import re

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
