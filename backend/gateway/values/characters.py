"""
Which characters text and ids may hold, by code point.

The tables are our own: Python's know no emoji that is newer than they are, and two gateways would disagree. What no
standard has assigned yet is ordinary text. See decision 0022.
"""

import re
import unicodedata

# In the form that JSON Schema, Python and JavaScript all read; what is beyond U+FFFF is left to the expressions below.
_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
# Shows what follows backwards. U+202D does not harm: phones put it around the numbers of their address books.
_BACKWARDS = r"\u202e"
_NONCHARACTERS = r"\ufdd0-\ufdef\ufffe\uffff"
# Spaces, and what nobody sees: of two ids that look the same one would be on a list and the other not.
_UNSEEN = (
    r"\u0020\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
TEXT_PATTERN = f"^[^{_CONTROLS}{_BACKWARDS}{_NONCHARACTERS}]*$"
ID_PATTERN = f"^[^{_CONTROLS}{_UNSEEN}{_NONCHARACTERS}]+$"
_SURROGATES = r"\ud800-\udfff"
_BEYOND = "".join(rf"\U{0x10000 * plane + 0xFFFE:08x}\U{0x10000 * plane + 0xFFFF:08x}" for plane in range(1, 17))
_NO_TEXT = re.compile(f"[{_CONTROLS}{_BACKWARDS}{_NONCHARACTERS}{_SURROGATES}{_BEYOND}]")
_NO_ID = re.compile(f"[{_CONTROLS}{_UNSEEN}{_NONCHARACTERS}{_SURROGATES}{_BEYOND}" r"\U000e0000-\U000e0fff]")

# The zero of each script's decimal digits; one to nine follow it. Unicode 17.
_ZEROS = (
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0x2070, 0x2080,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0,
    0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950,
    0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
)  # fmt: skip
_ONES = (0x2460, 0x24F5, 0x2776, 0x2780, 0x278A)  # in circles
_DIGITS = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
_DIGITS |= {one + digit - 1: str(digit) for one in _ONES for digit in range(1, 10)}
_DIGITS |= {0xB9: "1", 0xB2: "2", 0xB3: "3", 0x24EA: "0", 0x24FF: "0"}
# Shown as nothing, or over the character before: digits that it parts look like one number.
_BETWEEN = re.compile(
    r"[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)


def refused_in_text(text: str) -> str | None:
    """The first character that no text may hold, in words for the caller; None where there is none."""
    return _in_words(_NO_TEXT.search(text))


def refused_in_id(text: str) -> str | None:
    """The same for ids."""
    return _in_words(_NO_ID.search(text))


def composed(text: str) -> str:
    """In normal form C: `é` is one character however a keyboard or a file system writes it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def ascii_digits(text: str) -> tuple[str, ...]:
    """The text with the digits of all scripts as 0 to 9, in each way that it can be read around what is not seen."""
    if text.isascii():
        return (text,)
    plain = text.translate(_DIGITS)
    return (_BETWEEN.sub("", plain), _BETWEEN.sub(" ", plain)) if _BETWEEN.search(plain) else (plain,)


def _in_words(found: re.Match[str] | None) -> str | None:
    return None if found is None else f"U+{ord(found[0]):04X} at character {found.start() + 1}"
