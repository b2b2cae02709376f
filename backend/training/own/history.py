"""
Keeps the last weeks of what a model was trained on beside it, so that later payments are judged with their history.

Persons are there as hashes of their ids only. It is never served, nor sent anywhere.
"""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from brain.domain import DAY_MS
from training.errors import UnusableDataError
from training.own.payments import CODED, OwnPayments
from training.payments import ENTITIES, TEXTS, Payments

HISTORY_FILE = "history.parquet"
HISTORY_DAYS = 100  # longer than any window of the features


def write_history(directory: Path, own: OwnPayments) -> None:
    """Write the last days into the directory."""
    time_ms = own.payments.time_ms
    last = own.payments.take(time_ms >= time_ms[-1] - HISTORY_DAYS * DAY_MS)
    columns = {}
    for name in (field.name for field in fields(Payments) if field.name != "categories"):
        column = getattr(last, name)
        if name in CODED:
            texts = (own.names if name in ENTITIES else last.categories)[name]
            codes = pa.array(column, pa.int32(), mask=column < 0)
            columns[name] = pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.string()))
        else:
            columns[name] = pa.array(column)
    try:
        parquet.write_table(pa.table(columns), directory / HISTORY_FILE, compression="zstd")
    except (OSError, pa.ArrowException) as failure:
        raise UnusableDataError(f"{directory / HISTORY_FILE} cannot be written: {failure}") from failure


def read_history(directory: Path) -> OwnPayments | None:
    """Read what was written; None where there is nothing, as beside the shipped model."""
    path = directory / HISTORY_FILE
    if not path.is_file():
        return None
    try:
        table = parquet.read_table(path)
        columns, texts = {}, {}
        for name in (field.name for field in fields(Payments) if field.name != "categories"):
            column = table.column(name).combine_chunks()
            if name in CODED:
                encoded = column.dictionary_encode() if pa.types.is_string(column.type) else column
                texts[name] = encoded.dictionary.to_pylist()
                column = encoded.indices.fill_null(-1).cast(pa.int64())
            columns[name] = column.to_numpy(zero_copy_only=False)
    except (OSError, KeyError, ValueError, pa.ArrowException) as failure:
        raise UnusableDataError(f"{path} cannot be read: {failure}") from failure
    payments = Payments(**columns, categories={name: texts[name] for name in TEXTS})
    ids = np.full(len(payments), "", dtype=np.object_)
    return OwnPayments(payments, {name: texts[name] for name in ENTITIES}, ids, 0, "given", {})
