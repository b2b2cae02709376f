"""Converts columns of texts: ids, names, countries, addresses. Each distinct text is looked at once."""

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from records.emails import kept_of, normalise

Column = Any  # pa.ChunkedArray; pyarrow comes without types
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]

_HASH = re.compile(r"[0-9a-f]{64}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_BIN = re.compile(r"(\d{6})\d{0,2}")  # never more: a whole card number must not come in
_MCC = re.compile(r"\d{1,4}")
TEXT_MAX = 100


def as_text(column: Column) -> Column:
    """Return any column as text; whole numbers that a table keeps as floats lose their `.0`."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        numbers = column.to_numpy(zero_copy_only=False)
        if np.array_equal(numbers[~np.isnan(numbers)], np.floor(numbers[~np.isnan(numbers)])):
            column = pc.fill_null(column, np.nan)
            column = pc.if_else(pc.is_nan(column), None, column).cast(pa.int64())
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def convert(column: Column, each: Callable[[str], str | None]) -> tuple[Ints, list[str], Bools]:
    """
    Convert each text by `each`, which returns None for a wrong one.

    Returns:
        Codes (n,) into the list, -1 for no value or a wrong one; the list; and (n,) whether a value is wrong.
    """
    encoded = pc.dictionary_encode(as_text(column))
    at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    texts = [each(text) for text in encoded.dictionary.to_pylist()]
    order = {text: code for code, text in enumerate(dict.fromkeys(text for text in texts if text is not None))}
    codes = np.array([*(-1 if text is None else order[text] for text in texts), -1], dtype=np.int64)
    return codes[at], list(order), (at >= 0) & (codes[at] < 0)


def identity(text: str) -> str | None:
    """Hash an id, so that whoever is meant is not kept; a hash stays as it is."""
    plain = unicodedata.normalize("NFC", text)
    return plain if _HASH.fullmatch(plain) else hashlib.sha256(plain.encode()).hexdigest()


def word(text: str) -> str | None:
    """Return a short text as it is."""
    return unicodedata.normalize("NFC", text)[:TEXT_MAX]


def domain(text: str) -> str | None:
    """Return a domain in lower case, as the gateway keeps that of an address."""
    return word(normalise(text))


def country(text: str) -> str | None:
    """Return two letters in capitals; None for anything else."""
    return text.upper() if _COUNTRY.fullmatch(text.upper()) else None


def card_bin(text: str) -> str | None:
    """Return the first six digits; None for anything but six to eight digits."""
    found = _BIN.fullmatch(text)
    return found[1] if found else None


def mcc(text: str) -> str | None:
    """Return four digits."""
    return text.zfill(4) if _MCC.fullmatch(text) else None


def address(text: str) -> str | None:
    """Return a network address in its one form, hashed; None where it is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return identity(str(found))


def email(text: str) -> str | None:
    """Return the hash of an email address, with its domain behind; a hash stays as it is. None for anything else."""
    plain = normalise(text)
    if _HASH.fullmatch(plain):
        return plain + "@"
    name, _, domain = plain.rpartition("@")
    return f"{kept_of(text)['email_hash']}@{domain}" if name and domain else None
