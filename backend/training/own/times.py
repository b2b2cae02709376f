"""Converts a column of times, in the forms that shops export, to milliseconds since 1970, UTC."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from training.errors import UnusableDataError
from training.own.texts import Column, as_text
from training.payments import NO_OFFSET_MIN

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STRAY_MS, STRAYS = 366 * 86_400_000, 0.01  # of the payments, at each end of the time
# A history's windows reach back from a time, and forward of it labels become known.
TIME_MIN_MS, TIME_MAX_MS = 100 * 86_400_000, 2**41 - 1
_CLOCK = r"(?:[T ,]+(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)? ?(?P<p>[aApP][mM])?)?"
_ZONE = r" ?(?P<z>Z|z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?$"
_YEAR_FIRST = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _CLOCK + _ZONE
_YEAR_LAST = r"^(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})[-/.](?P<y>\d{4})" + _CLOCK + _ZONE
_COMPACT = (
    r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:[T ]?(?P<h>\d{2})(?P<i>\d{2})(?P<s>\d{2})(?:[.](?P<f>\d{1,9}))?(?P<p>))?" + _ZONE
)
# 31 Mar 2026, 31-MAR-2026, Tue, 31 Mar 2026, and March 31, 2026: as people and mail write them.
_MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
    "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_WEEKDAY = r"(?i)^(?:[a-z]{3,9},? +)?"
_NAMED = rf"{_WEEKDAY}(?:\d{{1,2}}[ -])?(?:{'|'.join(_MONTHS)})"
_NUMBER = r"^\d{9,18}(\.\d+)?$"
# Seconds until the year 5138, milliseconds until then, microseconds, nanoseconds: no two can be mistaken.
_UNITS = ((1e11, 1e3), (1e14, 1.0), (1e17, 1e-3), (np.inf, 1e-6))


def convert_times(column: Column, *, name: str, day_first: bool | None) -> tuple[Ints, Ints, Bools]:
    """
    Convert to milliseconds. Times without a zone are UTC.

    Args:
        name: The file's name of the column.
        day_first: Whether 03/04/2023 is in April; None to find out.

    Returns:
        (n,) times, (n,) the offset of the sender's clock from UTC in minutes or NO_OFFSET_MIN, and (n,) whether the
        value is wrong. No value is wrong too.

    Raises:
        UnusableDataError: nothing tells 03/04/2023 in April from 03/04/2023 in March.
    """
    kind = column.type
    no_offset = np.full(len(column), NO_OFFSET_MIN)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        typed = column.cast(pa.timestamp("ms", tz=getattr(kind, "tz", None)), safe=False).cast(pa.int64())
        return _bounded(pc.fill_null(typed, -1).to_numpy(), no_offset)
    text = as_text(column)
    time_ms, offset_min = np.full(len(text), -1), no_offset
    text = _with_numbers(text)
    numbers = _matching(text, _NUMBER) & ~_matching(text, _COMPACT)
    if numbers.any():
        time_ms[numbers] = _of_numbers(text.filter(pa.array(numbers)))
    for pattern in (_YEAR_FIRST, _YEAR_LAST, _COMPACT):
        rows = _matching(text, pattern)
        if rows.any():
            parts = pc.extract_regex(text.filter(pa.array(rows)), pattern)
            time_ms[rows], offset_min[rows] = _of_parts(parts, name, day_first=day_first)
    return _bounded(time_ms, offset_min)


def _with_numbers(text: Any) -> Any:
    """Write months as numbers, and leave out the name of a zone behind its offset, where a file has them."""
    text = pc.replace_substring_regex(text, r"\[[\w/+-]+\]$", "")
    if not _matching(text, _NAMED).any():
        return text
    for number, name in enumerate(_MONTHS, start=1):
        as_number = rf"\2-{number:02}-\1"
        text = pc.replace_substring_regex(text, rf"{_WEEKDAY}(\d{{1,2}})[ -]{name}\.?[ -](\d{{4}})", as_number)
        text = pc.replace_substring_regex(text, rf"{_WEEKDAY}{name}\.? +(\d{{1,2}}),? +(\d{{4}})", as_number)
    return text


def find_strays(time_ms: Ints, usable: Bools) -> Bools:
    """Find the few (n,) first and last usable times that an empty year sets apart: 2036 for 2026, or 2000-01-01."""
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(time_ms[rows], kind="stable")]
    few = int(rows.size * STRAYS)
    if rows.size > 2:
        few = max(few, 1)
    gaps = np.flatnonzero(np.diff(time_ms[rows]) > STRAY_MS) + 1
    strays = np.zeros(time_ms.size, dtype=np.bool_)
    strays[rows[: max(gaps[gaps <= few], default=0)]] = True
    strays[rows[min(gaps[gaps >= rows.size - few], default=rows.size) :]] = True
    return strays


def _bounded(time_ms: Ints, offset_min: Ints) -> tuple[Ints, Ints, Bools]:
    wrong = (time_ms < TIME_MIN_MS) | (time_ms > TIME_MAX_MS)
    return np.where(wrong, TIME_MIN_MS, time_ms), offset_min, wrong


def _matching(text: Any, pattern: str) -> Bools:
    found: Bools = pc.fill_null(pc.match_substring_regex(text, pattern), False).to_numpy(zero_copy_only=False)
    return found


def _of_numbers(text: Any) -> Ints:
    numbers = text.cast(pa.float64()).to_numpy(zero_copy_only=False)
    factor = np.select([numbers < limit for limit, _ in _UNITS], [factor for _, factor in _UNITS])
    return np.asarray(np.floor(numbers * factor).astype(np.int64))


def _of_parts(parts: Any, name: str, *, day_first: bool | None) -> tuple[Ints, Ints]:
    """Put dates, clocks and zones together; -1 where there is no such day or time."""
    there = {field.name for field in parts.type}
    years = _ints(parts, "y")
    if "a" in there:
        months, days = _month_and_day(parts, name, day_first=day_first)
    else:
        months, days = _ints(parts, "m"), _ints(parts, "d")
    half = pc.utf8_lower(parts.field("p"))
    is_pm, is_12h = (pc.equal(half, "pm").to_numpy(zero_copy_only=False), pc.not_equal(half, "").to_numpy(False))
    hours = _ints(parts, "h")
    wrong = (months < 1) | (months > 12) | (hours > np.where(is_12h, 12, 23)) | (is_12h & (hours < 1))
    hours = np.where(is_12h, hours % 12 + 12 * is_pm, hours)
    minutes, seconds = _ints(parts, "i"), _ints(parts, "s")
    month = ((years - 1970) * 12 + np.clip(months, 1, 12) - 1).astype("datetime64[M]")
    date = month.astype("datetime64[D]") + (days - 1)
    wrong |= (date.astype("datetime64[M]") != month) | (days < 1) | (minutes > 59) | (seconds > 60)
    zone = parts.field("z")
    sign = np.where(pc.starts_with(zone, "-").to_numpy(zero_copy_only=False), -1, 1)
    digits = pc.replace_substring_regex(zone, r"\D", "")
    digits = pc.utf8_rpad(pc.utf8_slice_codeunits(digits, 0, 4), 4, "0").cast(pa.int64()).to_numpy(zero_copy_only=False)
    is_offset = pc.match_substring_regex(zone, r"^[+-]").to_numpy(zero_copy_only=False)
    offset = sign * (digits // 100 * 60 + digits % 100)
    fraction = pc.utf8_rpad(pc.utf8_slice_codeunits(parts.field("f"), 0, 3), 3, "0").cast(pa.int64()).to_numpy(False)
    of_day_s = hours * 3600 + minutes * 60 + seconds - np.where(is_offset, offset, 0) * 60
    time_ms = date.astype("datetime64[D]").astype(np.int64) * 86_400_000 + of_day_s * 1000 + fraction
    # +00:00 tells no more than Z: much software writes it for UTC wherever it stands, and the brain takes it so.
    return np.where(wrong, -1, time_ms), np.where(is_offset & (offset != 0), offset, NO_OFFSET_MIN)


def _month_and_day(parts: Any, name: str, *, day_first: bool | None) -> tuple[Ints, Ints]:
    first, second = _ints(parts, "a"), _ints(parts, "b")
    if day_first is None:
        with_points = bool(
            pc.all(pc.equal(parts.field("sep"), ".")).as_py()
        )  # 31.12.2023: nobody writes months first so
        is_day = (with_points or bool((first > 12).any()), bool((second > 12).any()))
        if is_day[0] == is_day[1]:
            example = f"{first[0]:02}/{second[0]:02}/{_ints(parts, 'y')[0]}"
            raise UnusableDataError(
                f"column {name}: in {example} the day may be the first or the second number: say --dates day-first or "
                "--dates month-first"
            )
        day_first = is_day[0]
    return (second, first) if day_first else (first, second)


def _ints(parts: Any, field: str) -> Ints:
    text = parts.field(field)
    numbers: Ints = pc.if_else(pc.equal(text, ""), "0", text).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers
