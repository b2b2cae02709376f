"""Reads a merchant's file as a table: CSV as shops export it, or Parquet."""

import codecs
import csv as rows
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv, parquet

from training.errors import UnusableDataError

Column = Any  # pa.ChunkedArray; pyarrow comes without types

ENDINGS = (".csv", ".csv.gz", ".parquet")
DELIMITERS = ",;\t|"
SNIFFED_BYTES, SNIFFED_LINES = 262_144, 50
# What exports of spreadsheets come in, when they are not UTF-8. It reads nearly any byte, so it is tried last.
OTHER_ENCODING = "cp1252"
NOTHING = ("", "null", "NULL", "NaN", "nan", "None", "N/A", "n/a", "NA", "-")


@dataclass(frozen=True, slots=True)
class Table:
    """
    Columns of a file, and where each row stands.

    Attributes:
        columns: (n,) each, by the file's own name. Those of a CSV file are text, and null where nothing stands.
        lines: (n,) from 1 on: lines of a CSV file, where no value has several, else rows.
        notes: Sentences about how it was read.
        broken: How many lines are not there, as they have too many or too few values.
    """

    columns: dict[str, Column]
    lines: NDArray[np.int64]
    notes: list[str]
    broken: int = 0


def read_table(path: Path) -> Table:
    """
    Read all columns of a file.

    Raises:
        UnusableDataError: it cannot be read, or has no row.
    """
    kind = next((ending for ending in ENDINGS if path.name.lower().endswith(ending)), None)
    if kind is None:
        raise UnusableDataError(f"{path}: the name must end with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    if not path.is_file():
        raise UnusableDataError(f"{path}: there is no such file")
    try:
        table = _of_parquet(path) if kind == ".parquet" else _of_csv(path)
    except UnicodeDecodeError as failure:
        raise UnusableDataError(f"{path}: it is no text in UTF-8, UTF-16 or {OTHER_ENCODING}") from failure
    except (OSError, EOFError, ValueError, pa.ArrowException, rows.Error) as failure:
        raise UnusableDataError(f"{path} cannot be read: {str(failure).splitlines()[0][:200]}") from failure
    if table.lines.size == 0:
        raise UnusableDataError(f"{path}: there is no payment in it")
    return table


def _of_parquet(path: Path) -> Table:
    table = parquet.read_table(path)
    columns = {name: table.column(at) for at, name in enumerate(table.column_names)}
    return Table(columns, np.arange(1, table.num_rows + 1), [])


def _of_csv(path: Path) -> Table:
    encoding = _encoding(path)
    with pa.input_stream(path, compression="detect") as stream:
        head = stream.read(SNIFFED_BYTES).decode(encoding, errors="replace")
    delimiter, names = _sniff(head)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{names.count(twice)} columns are called {twice!r}")
    broken: list[int] = []

    def skip(row: Any) -> str:
        broken.append(int(row.number))
        return "skip"

    with pa.input_stream(path, compression="detect") as stream:
        table = csv.read_csv(
            stream,
            read_options=csv.ReadOptions(use_threads=False, encoding=encoding, column_names=names, skip_rows=1),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=list(NOTHING),
            ),
        )
    lines = np.setdiff1d(np.arange(2, 2 + table.num_rows + len(broken)), np.array(broken, dtype=np.int64))
    lines = lines[: table.num_rows]
    notes = [] if encoding == "utf-8-sig" else [f"read as {encoding}"]
    if broken:
        notes.append(
            f"{len(broken):,} lines do not have {len(names)} values and are left out, the first is line {broken[0]}"
        )
    return Table({name: pc.utf8_trim_whitespace(table.column(name)) for name in names}, lines, notes, len(broken))


def _encoding(path: Path) -> str:
    with pa.input_stream(path, compression="detect") as stream:
        start = stream.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return OTHER_ENCODING
    return "utf-8-sig"


def _chunks(path: Path) -> Iterator[bytes]:
    with pa.input_stream(path, compression="detect") as stream:
        while chunk := stream.read(1 << 20):
            yield chunk


def _sniff(head: str) -> tuple[str, list[str]]:
    """Find the delimiter that cuts the most lines into as many values as the header has, and the header's names."""
    lines = head.removeprefix("\ufeff").splitlines()[:SNIFFED_LINES]
    best: tuple[int, int, str, list[str]] | None = None
    for delimiter in DELIMITERS:
        cut = [row for row in rows.reader(lines, delimiter=delimiter) if row]
        if not cut:
            break
        same = sum(len(row) == len(cut[0]) for row in cut)
        rank = (same if len(cut[0]) > 1 else 0, len(cut[0]), delimiter, [name.strip() for name in cut[0]])
        best = rank if best is None or rank[:2] > best[:2] else best
    if best is None or best[0] < 2:
        raise ValueError("there is no line with names of columns above lines with as many values")
    return best[2], best[3]
