"""Converts a column of amounts to hundredths of the reference currency, however a file writes decimals."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from money.currencies import EXPONENTS, REFERENCE_CURRENCY, load_rates
from training.errors import UnusableDataError
from training.own.texts import Column, as_text, convert

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNITS_MAX = 1e12  # in hundredths this and a thousand such still fit in 64 bits
UNKNOWN_MINOR = -1
# A currency before or behind, and what sets off thousands beside the two marks.
_AROUND = "[\\s\u00a0\u202f'$€£¥₹]|^\\s*[A-Z]{3}|[A-Z]{3}\\s*$"
_WHOLE = r"(?:\d+|\d{{1,3}}(?:{other}\d{{2,3}})*{other}\d{{3}})"  # 1234567, 1,234,567 or 12,34,567
_NUMBER = r"^-?(?:" + _WHOLE + r"(?:{mark}\d*)?|{mark}\d+)(?:[eE][-+]?\d+)?$"


def convert_amounts(column: Column, *, name: str, decimal: str | None) -> tuple[Floats, Bools]:
    """
    Convert to units of the currency: (n,) amounts, and (n,) whether the value is wrong. No value is wrong too.

    Args:
        name: The file's name of the column.
        decimal: "," or "."; None to find out.

    Raises:
        UnusableDataError: nothing tells 1,234 as a thousand from 1,234 as a little more than one.
    """
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        units: Floats = pc.cast(column, pa.float64(), safe=False).to_numpy()
    else:
        text = pc.replace_substring_regex(as_text(column), _AROUND, "")
        mark = decimal or _decimal_mark(text, name)
        good = _written_with(text, mark)
        plain = pc.replace_substring(pc.replace_substring(text, "." if mark == "," else ",", ""), mark, ".")
        units = pc.if_else(good, plain, None).cast(pa.float64()).to_numpy(zero_copy_only=False)
    units = units.astype(np.float64)
    with np.errstate(invalid="ignore"):
        wrong = ~((units >= 0) & (units <= UNITS_MAX))
    return np.where(wrong, 0.0, units), wrong


def to_reference_minor(units: Floats, currency: Column | None) -> tuple[Ints, Bools, dict[str, int]]:
    """
    Convert amounts in units of their currencies to hundredths of the reference currency.

    Returns:
        (n,) hundredths, UNKNOWN_MINOR where the currency has no rate; (n,) where it is no currency; and how many
        payments there are in each currency without a rate.
    """
    if currency is None:
        return np.rint(units * 100).astype(np.int64), np.zeros(units.size, dtype=np.bool_), {}
    codes, texts, wrong = convert(currency, lambda text: text.upper() if text.upper() in EXPONENTS else None)
    rates: dict[str, Any] = {**load_rates(), REFERENCE_CURRENCY: Decimal(1)}
    factors = np.array([*(float(rates.get(text, -1)) for text in texts), 1.0])
    # An empty currency is the reference currency, as in a file without this column; one that is none is unknown.
    factor = np.where(wrong, -1.0, factors[codes])
    minor = np.where(factor > 0, np.rint(np.minimum(units * factor, UNITS_MAX) * 100), UNKNOWN_MINOR).astype(np.int64)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    return minor, wrong, {text: int(n) for text, n in zip(texts, counts, strict=True) if text not in rates}


def _written_with(text: Any, mark: str) -> Any:
    """Find which texts are numbers whose decimals this mark sets off; the other mark may stand between thousands."""
    pattern = _NUMBER.format(mark=f"[{mark}]", other="[.]" if mark == "," else "[,]")
    return pc.fill_null(pc.match_substring_regex(text, pattern), False)


def _decimal_mark(text: Any, name: str) -> str:
    """Find which of , and . sets off the decimals: that by which more of the texts can only be read."""
    with_comma, with_point = _written_with(text, ","), _written_with(text, ".")
    commas, points = (int(pc.sum(pc.cast(only, pa.int64())).as_py() or 0) for only in (
        pc.and_not(with_comma, with_point), pc.and_not(with_point, with_comma)
    ))  # fmt: skip
    if commas != points:
        return "," if commas > points else "."
    doubtful = text.filter(pc.fill_null(pc.match_substring_regex(text, "[,.]"), False))
    if len(doubtful) == 0:
        return "."
    raise UnusableDataError(
        f"column {name}: {doubtful[0].as_py()!r} may be a thousand or a little over one: say --decimal comma or "
        "--decimal point"
    )
