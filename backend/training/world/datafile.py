"""
Reads payments from a file, CSV or Parquet by its ending; checks every value.

An error names the file, the column and the row (the first payment is row 1). Whole columns are converted at once; if
that fails, the row is found by halving.
"""

from collections.abc import Callable
from csv import reader
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv, parquet

from training.errors import UnusableDataError
from training.world.payments import Payments

Ints = NDArray[np.int64]
Column = Any  # pa.Array; pyarrow comes without types

TIME, CUSTOMER, TERMINAL, AMOUNT, FRAUD = "tx_datetime", "customer_id", "terminal_id", "tx_amount", "tx_fraud"
# The names of the API, which a file may have instead.
ALSO = {TIME: "timestamp", CUSTOMER: "user_id", TERMINAL: "merchant_id", AMOUNT: "amount", FRAUD: "is_fraud"}
NEEDED = (TIME, CUSTOMER, TERMINAL, AMOUNT, FRAUD)
ENDINGS: tuple[str, ...] = (".csv", ".csv.gz", ".parquet")

HEADER_BYTES_MAX = 65_536
AMOUNT_MAX = 1e12  # in hundredths this and a thousand such still fit in 64 bits
# A history is kept as member and milliseconds in one integer of 64 bits; its windows reach back 37 days.
_TIME_MIN_MS, _TIME_MAX_MS = 37 * 86_400_000, 2**41 - 1
_ZONE = r":.*(Z|[+-]\d{2}(:?\d{2})?)$"  # after a time of day, because a date alone ends like a zone of -08
_LABELS = {"0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True}


def read(path: Path) -> Payments:
    """
    Read the payments of a file in order of time.

    Column names may be in any case; other columns are ignored. Times without a zone are UTC. Amounts are rounded to
    hundredths. Ids may be numbers or text.

    Raises:
        UnusableDataError: the file cannot be read, or is empty; a column or a value is missing, or out of range.
    """
    table = _table(path)
    if table.num_rows == 0:
        raise UnusableDataError(f"{path}: there is no payment in it")
    columns = {name: table.column(name).combine_chunks() for name in NEEDED}
    for name, column in columns.items():
        if column.null_count:
            _refuse(path, name, int(np.argmax(column.is_null().to_numpy(zero_copy_only=False))), "no value")
    time_ms = _converted(path, TIME, columns[TIME], _times_ms)
    _check(path, TIME, columns[TIME], (time_ms >= _TIME_MIN_MS) & (time_ms <= _TIME_MAX_MS), "a time of 1970 to 2039")
    amount = _converted(path, AMOUNT, columns[AMOUNT], _amounts)
    _check(path, AMOUNT, columns[AMOUNT], (amount >= 0) & (amount <= AMOUNT_MAX), "an amount of 0 to 10^12")
    fraud = _converted(path, FRAUD, columns[FRAUD], _labels)
    order = np.argsort(time_ms, kind="stable")
    return Payments(
        time_ms=time_ms[order],
        user=_indices(columns[CUSTOMER])[order],
        terminal=_indices(columns[TERMINAL])[order],
        amount_minor=np.rint(amount * 100).astype(np.int64)[order],
        fraud=fraud.astype(np.bool_)[order],
    )


def ending(path: Path) -> str:
    """
    Return which of ENDINGS the file has.

    Raises:
        UnusableDataError: it has none of them.
    """
    for known in ENDINGS:
        if str(path).lower().endswith(known):
            return known
    raise UnusableDataError(f"{path}: the name must end with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")


def _table(path: Path) -> pa.Table:
    """Read the needed columns under their own names; those of a CSV file as text."""
    kind = ending(path)
    if not path.is_file():
        raise UnusableDataError(f"{path}: there is no such file")
    try:
        if kind == ".parquet":
            with parquet.ParquetFile(path) as file:
                found = _found(path, file.schema_arrow.names)
                table = file.read(columns=list(found))
        else:
            found = _found(path, _header(path))
            text = csv.ConvertOptions(
                include_columns=list(found), column_types=dict.fromkeys(found, pa.string()), strings_can_be_null=True
            )
            one_thread = csv.ReadOptions(use_threads=False)  # so that the error of a broken row has its number
            table = csv.read_csv(path, convert_options=text, read_options=one_thread)
    except (OSError, ValueError, pa.ArrowException) as failure:
        raise UnusableDataError(f"{path} cannot be read: {_first_line(failure)}") from failure
    return table.select(list(found)).rename_columns([found[name] for name in found])


def _header(path: Path) -> list[str]:
    """Read the column names of a CSV file, which must have a line below them."""
    with pa.input_stream(path, compression="detect") as stream:
        head = stream.read(HEADER_BYTES_MAX).decode("utf-8-sig", errors="replace")
    lines = head.splitlines()
    if len(lines) < 2 or not lines[1].strip():
        raise UnusableDataError(f"{path}: there is no payment in it")
    return next(reader(lines[:1]))


def _found(path: Path, names: list[str]) -> dict[str, str]:
    """Find the file's name of each needed column."""
    found = {}
    for needed in NEEDED:
        same = [name for name in names if name.strip().lower() in {needed, ALSO[needed]}]
        if len(same) != 1:
            what = "there is no column" if not same else f"{len(same)} columns are called"
            raise UnusableDataError(f"{path}: {what} {needed}; needed are {', '.join(NEEDED)}")
        found[same[0]] = needed
    return found


def _converted(path: Path, name: str, column: Column, convert: Callable[[Column], NDArray[np.generic]]) -> Ints:
    """Convert the whole column, or raise an error that names the first row that fails."""
    try:
        return convert(column)  # type: ignore[return-value]
    except (pa.ArrowException, KeyError):
        low, high = 0, len(column)  # the first bad row is in low..high - 1
    while high - low > 1:
        middle = (low + high) // 2
        try:
            convert(column[low:middle])
        except (pa.ArrowException, KeyError):
            high = middle
        else:
            low = middle
    wanted = {TIME: "a time such as 2018-08-08 13:05:00", AMOUNT: "an amount", FRAUD: "0 or 1"}[name]
    return _refuse(path, name, low, f"{_shown(column, low)} is not {wanted}")


def _times_ms(column: Column) -> Ints:
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _milliseconds(column)
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    zoned = pc.match_substring_regex(text, _ZONE).to_numpy(zero_copy_only=False)
    time_ms = np.empty(len(text), dtype=np.int64)
    for mask, target in ((zoned, pa.timestamp("ns", tz="UTC")), (~zoned, pa.timestamp("ns"))):
        if mask.any():
            time_ms[mask] = _milliseconds(text.filter(pa.array(mask)).cast(target))
    return time_ms


def _milliseconds(column: Column) -> Ints:
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("ms"))
    in_ms = column.cast(pa.timestamp("ms", tz=column.type.tz), safe=False)
    numbers: Ints = in_ms.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _amounts(column: Column) -> NDArray[np.float64]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column)
    numbers: NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return numbers


def _labels(column: Column) -> NDArray[np.bool_]:
    values = pc.utf8_lower(pc.utf8_trim_whitespace(column.cast(pa.string()))).dictionary_encode()
    meaning = np.array([_LABELS[value] for value in values.dictionary.to_pylist()], dtype=np.bool_)
    labels: NDArray[np.bool_] = meaning[values.indices.to_numpy(zero_copy_only=False)]
    return labels


def _indices(column: Column) -> Ints:
    codes: Ints = column.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _check(path: Path, name: str, column: Column, good: NDArray[np.bool_], wanted: str) -> None:
    if not good.all():
        row = int(np.argmin(good))
        _refuse(path, name, row, f"{_shown(column, row)} is not {wanted}")


def _shown(column: Column, row: int) -> str:
    return repr(str(column[row].as_py())[:40])


def _refuse(path: Path, name: str, row: int, why: str) -> Ints:
    raise UnusableDataError(f"{path}, column {name}, row {row + 1}: {why}")


def _first_line(failure: Exception) -> str:
    return str(failure).splitlines()[0][:200]
