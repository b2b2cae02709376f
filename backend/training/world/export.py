"""Writes payments into a file whose columns have the names of the API, one row a payment, in order of time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv, parquet

from brain.features.windows import NEVER_MS
from training.errors import UnusableDataError
from training.payments import NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, Payments
from training.world.datafile import ending

Column = Any  # pa.Array; pyarrow comes without types
Ints = NDArray[np.int64]

# The file's name of each column, and how its entities are called.
_ENTITIES = {
    "user_id": ("user", "user_"),
    "merchant_id": ("merchant", "merchant_"),
    "card.token": ("card", "card_"),
    "device.id": ("device", "device_"),
}
_TEXTS = {
    "merchant.category": "category",
    "merchant.country": "merchant_country",
    "card.bin": "card_bin",
    "card.country": "card_country",
    "card.funding": "card_funding",
    "location.country": "location_country",
    "billing.country": "billing_country",
    "shipping.country": "shipping_country",
    "channel": "channel",
    "payment_method": "payment_method",
}


def write(path: Path, payments: Payments, scenario: Sequence[str], which: Ints) -> None:
    """
    Write payments into a file. Columns of which nothing is known are left out.

    Args:
        path: Its ending says the kind, as `ending` knows it.
        payments: What to write; amounts are in US dollars.
        scenario, which: The names of the scenarios, and (n,) the position of each payment's own among them.

    Raises:
        UnusableDataError: the ending is not known, or the file cannot be written.
    """
    kind, table = ending(path), to_table(payments).append_column("scenario", _texts(list(scenario), which))
    try:
        if kind == ".parquet":
            parquet.write_table(table, path)
        else:
            with pa.output_stream(path, compression="gzip" if kind == ".csv.gz" else None) as out:
                csv.write_csv(table, out)
    except (OSError, pa.ArrowException) as failure:
        raise UnusableDataError(f"{path} cannot be written: {str(failure).splitlines()[0][:200]}") from failure


def to_table(payments: Payments) -> Column:
    """Return the columns under their names in the API, as requests and labels would carry them."""
    columns: dict[str, Column] = {
        "transaction_id": _named("payment_", np.arange(len(payments))),
        "timestamp": times(payments.time_ms, payments.utc_offset_min),
        "amount": payments.amount_minor / 100,
        "currency": pa.array(["USD"]).take(pa.array(np.zeros(len(payments), np.int64))),
    }
    columns |= {name: _named(prefix, getattr(payments, column)) for name, (column, prefix) in _ENTITIES.items()}
    for name, column in _TEXTS.items():
        columns[name] = _texts(list(payments.categories[column]), getattr(payments, column))
    columns["device.ip"] = addresses(payments.address)
    columns["customer.email"] = emails(payments)
    columns["customer.created_at"] = _times_or_none(payments.account_created_ms, NO_TIME_MS)
    columns = {name: column for name, column in columns.items() if name == "amount" or column.null_count < len(column)}
    columns["is_fraud"] = payments.fraud.astype(np.int8)
    columns["label_at"] = _times_or_none(payments.known_at_ms, NEVER_MS)
    return pa.table(columns)


def times(time_ms: Ints, offset_min: Ints) -> Column:
    """Return times as texts, such as 2025-03-31T13:05:00+02:00; in UTC where no offset is known."""
    known = np.where(offset_min == NO_OFFSET_MIN, 0, offset_min)
    local = _instants(time_ms + known * 60_000)
    offsets, which = np.unique(offset_min, return_inverse=True)
    ends = np.array([_zone(int(offset)) for offset in offsets])
    return pa.array(np.char.add(local, ends[which]))


def addresses(codes: Ints) -> Column:
    """Return network addresses as texts, all of the range for documentation (RFC 3849)."""
    distinct, which = np.unique(codes, return_inverse=True)
    named = [None if code == NO_CODE else f"2001:db8::{code >> 16:x}:{code & 65535:x}" for code in distinct.tolist()]
    return pa.array(named, pa.string()).take(pa.array(which))


def emails(payments: Payments) -> Column:
    """Return email addresses as texts."""
    domains = [*payments.categories["email_domain"], "example.org"]  # the last one where no domain is known
    pairs, which = np.unique(np.stack([payments.email, payments.email_domain]), axis=1, return_inverse=True)
    named = [None if code == NO_CODE else f"user_{code}@{domains[domain]}" for code, domain in pairs.T.tolist()]
    return pa.array(named, pa.string()).take(pa.array(which.ravel()))


def _zone(offset_min: int) -> str:
    if offset_min == NO_OFFSET_MIN:
        return "Z"
    sign, minutes = "-" if offset_min < 0 else "+", abs(offset_min)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _instants(time_ms: Ints) -> NDArray[np.str_]:
    return np.datetime_as_string(time_ms.astype("datetime64[ms]"), unit="ms" if (time_ms % 1000).any() else "s")


def _times_or_none(time_ms: Ints, unknown: int) -> Column:
    missing = time_ms == unknown
    return pa.array(np.where(missing, 0, time_ms), pa.timestamp("ms", tz="UTC"), mask=missing)


def _named(prefix: str, codes: Ints) -> Column:
    distinct, which = np.unique(codes, return_inverse=True)
    named = [None if code == NO_CODE else f"{prefix}{code}" for code in distinct.tolist()]
    return pa.array(named, pa.string()).take(pa.array(which))


def _texts(texts: list[str], codes: Ints) -> Column:
    missing = codes == NO_CODE
    return pa.array(texts, pa.string()).take(pa.array(np.where(missing, 0, codes), mask=missing))
