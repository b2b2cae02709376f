"""Reads a merchant's own payments from a file, by a map of its columns."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from brain.domain import DAY_MS
from brain.features.windows import NEVER_MS
from training.errors import UnusableDataError
from training.own import texts
from training.own.amounts import convert_amounts, to_reference_minor
from training.own.labels import convert_decisions, convert_labels
from training.own.names import find_columns
from training.own.payments import OwnPayments
from training.own.table import Column, Table, read_table
from training.own.times import TIME_MIN_MS, convert_times, find_strays
from training.own.wrong import WrongValues
from training.payments import ENTITIES, NO_TIME_MS, Payments

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LABEL_DELAY_DAYS = 60  # where nothing tells: card schemes give a cardholder longer, but most have complained by then
DELAY_QUANTILE, DELAY_DAYS_MAX = 0.95, 180
LEFT_OUT_MAX = 0.05  # of the rows; with more of them the map is wrong, and not the values

# Our name of a column of codes, the column of Payments, how a value is converted, and what a good one is.
_CODES: tuple[tuple[str, str, Callable[[str], str | None], str], ...] = (
    ("user_id", "user", texts.identity, ""),
    ("merchant_id", "merchant", texts.identity, ""),
    ("card.token", "card", texts.identity, ""),
    ("device.id", "device", texts.identity, ""),
    ("device.ip", "address", texts.address, "is no network address"),
    ("card.bin", "card_bin", texts.card_bin, "is not the first six digits of a card; never give the whole number"),
    ("merchant.mcc", "category", texts.mcc, "is not the four digits of a merchant category code"),
    ("merchant.category", "category", texts.word, ""),
    ("card.country", "card_country", texts.country, "is not a country of two letters, such as FR"),
    ("location.country", "location_country", texts.country, "is not a country of two letters, such as FR"),
    ("merchant.country", "merchant_country", texts.country, "is not a country of two letters, such as FR"),
    ("billing.country", "billing_country", texts.country, "is not a country of two letters, such as FR"),
    ("shipping.country", "shipping_country", texts.country, "is not a country of two letters, such as FR"),
    ("card.funding", "card_funding", texts.word, ""),
    ("customer.email_domain", "email_domain", texts.domain, ""),
    ("channel", "channel", texts.word, ""),
    ("payment_method", "payment_method", texts.word, ""),
)


@dataclass(frozen=True, slots=True)
class Forms:
    """
    What a file's values mean where they can be read in two ways; None to find out.

    Attributes:
        decimal: "," or "."
        day_first: Whether 03/04/2026 is in April.
        label_delay_days: After how many days nearly all frauds are known.
        assumed_delay_days: The same where nothing tells: what a model was trained with, if the file is for one.
        usual_columns: The file's columns by our names in the file of that training, for where they are called the same.
    """

    decimal: str | None = None
    day_first: bool | None = None
    label_delay_days: int | None = None
    assumed_delay_days: int = LABEL_DELAY_DAYS
    usual_columns: Mapping[str, str] = field(default_factory=dict)


def read_file(path: Path, given: Mapping[str, str], forms: Forms | None = None) -> OwnPayments:
    """
    Read the payments of a file in order of time.

    Rows without a usable time or amount are left out; a wrong value of another column counts as unknown. Both are
    named in `wrong`.

    Args:
        path: CSV or Parquet.
        given: The file's column by our name, where they differ.
        forms: How ambiguous values are meant.

    Raises:
        UnusableDataError: the file cannot be read, a column is missing, a value may mean two things, or too many rows
            are wrong.
    """
    forms = forms or Forms()
    table = read_table(path)
    found = find_columns(given, list(table.columns), usual=forms.usual_columns, file=path.name)
    wrong = WrongValues(path.name, table.lines, np.zeros(table.lines.size, dtype=np.bool_), list(table.notes))
    reader = _Reader(table, found, wrong, forms)
    columns = reader.facts() | reader.codes() | reader.accounts()
    columns |= reader.labels(columns["time_ms"])
    ids = reader.ids()
    kept = ~wrong.left_out
    left_out = (np.count_nonzero(wrong.left_out) + table.broken) / (kept.size + table.broken)
    if left_out > LEFT_OUT_MAX or not kept.any():
        said = "\n".join(wrong.sentences)
        raise UnusableDataError(f"{said}\n{path}: {left_out:.0%} of the rows are wrong; is the map right?")
    if not (columns["amount_minor"][kept] >= 0).any():  # type: ignore[operator]
        said = "\n".join(wrong.sentences[:3])
        raise UnusableDataError(f"{said}\n{path}: no amount is in a currency that is known; is the map right?")
    payments = Payments.of(
        **{name: column[kept] for name, column in columns.items()},  # type: ignore[arg-type]
        categories=reader.texts,
    )
    source = {"file": path.name, "sha256": _sha256(path), "rows": kept.size, "columns": found}
    names = {name: reader.names.get(name, []) for name in ENTITIES}
    ids = ids[kept][np.argsort(columns["time_ms"][kept], kind="stable")]  # as Payments.of puts them in order
    return OwnPayments(payments, names, ids, reader.delay_days, reader.delay_from, source, wrong.sentences)


class _Reader:
    """Converts the columns of one table."""

    def __init__(self, table: Table, found: Mapping[str, str], wrong: WrongValues, forms: Forms) -> None:
        self._table, self._found, self._wrong, self._forms = table, found, wrong, forms
        self.texts: dict[str, list[str]] = {}
        self.names: dict[str, list[str]] = {}
        self.delay_days, self.delay_from = LABEL_DELAY_DAYS, "assumed"

    def facts(self) -> dict[str, NDArray[np.generic]]:
        """Convert times and amounts, without which a row is of no use."""
        time_ms, offset_min, bad = convert_times(
            self._column("timestamp"), name=self._found["timestamp"], day_first=self._forms.day_first
        )
        self._note("timestamp", bad, "is no time such as 2026-03-31T23:59:59+02:00; left out", leaves_out=True)
        strays = find_strays(time_ms, ~bad)
        self._note("timestamp", strays, "is more than a year from all others; left out", leaves_out=True)
        time_ms = np.where(strays, TIME_MIN_MS, time_ms)
        units, bad = convert_amounts(self._column("amount"), name=self._found["amount"], decimal=self._forms.decimal)
        self._note("amount", bad, "is no amount of 0 or more (leave refunds out); left out", leaves_out=True)
        currency = self._column("currency") if "currency" in self._found else None
        amount_minor, bad, without_rate = to_reference_minor(units, currency)
        self._note("currency", bad, "is no ISO 4217 currency such as EUR; the amount counts as unknown")
        if without_rate:
            codes = ", ".join(sorted(without_rate))
            self._wrong.notes.append(
                f"{sum(without_rate.values()):,} payments in currencies without a rate, their amounts count as "
                f"unknown: {codes}"
            )
        return {"time_ms": time_ms, "utc_offset_min": offset_min, "amount_minor": amount_minor}

    def codes(self) -> dict[str, NDArray[np.generic]]:
        """Convert ids and texts."""
        columns: dict[str, NDArray[np.generic]] = {"user": np.full(self._wrong.lines.size, -1)}
        for ours, name, each, why in _CODES:
            if ours not in self._found:
                continue
            codes, known, bad = texts.convert(self._column(ours), each)
            self._note(ours, bad, f"{why}; counts as unknown")
            columns[name] = codes
            (self.names if name in ENTITIES else self.texts)[name] = known
        if "customer.email" in self._found:
            codes, known, bad = texts.convert(self._column("customer.email"), texts.email)
            self._note("customer.email", bad, "is no e-mail address; counts as unknown")
            columns["email"], self.names["email"] = codes, [text.partition("@")[0] for text in known]
            domains = [text.partition("@")[2] for text in known]
            if any(domains):
                order = {domain: code for code, domain in enumerate(dict.fromkeys(filter(None, domains)))}
                columns["email_domain"] = np.array([*(order.get(domain, -1) for domain in domains), -1])[codes]
                self.texts["email_domain"] = list(order)
        return columns

    def accounts(self) -> dict[str, NDArray[np.generic]]:
        """Convert when accounts were made."""
        if "customer.created_at" not in self._found:
            return {}
        column = self._column("customer.created_at")
        time_ms, _, bad = convert_times(
            column, name=self._found["customer.created_at"], day_first=self._forms.day_first
        )
        empty = np.asarray(pc.is_null(column).to_numpy())
        self._note("customer.created_at", bad & ~empty, "is no time; counts as unknown")
        return {"account_created_ms": np.where(bad, NO_TIME_MS, time_ms)}

    def labels(self, time_ms: NDArray[np.generic]) -> dict[str, NDArray[np.generic]]:
        """Convert labels and when each became known. What was blocked is unknown, unless it is said to be fraud."""
        fraud, genuine, empty, bad = convert_labels(self._column("is_fraud"))
        self._note("is_fraud", bad, "is neither fraud nor genuine (1, 0, yes, no, fraud, legit); counts as unknown")
        blocked = np.zeros(fraud.size, dtype=np.bool_)
        if "decision" in self._found:
            blocked, bad = convert_decisions(self._column("decision"))
            self._note("decision", bad, "is no decision such as approve or block; counts as approve")
        if not fraud.any():
            raise self._without("none of these payments is a fraud: is the map right?")
        known = fraud | (genuine & ~blocked)
        paid_ms = time_ms.astype(np.int64)
        told_ms = self._label_times(known) if "label_at" in self._found else np.full(known.size, NO_TIME_MS)
        self.delay_days, self.delay_from = label_delay(
            paid_ms, told_ms, fraud, self._forms.label_delay_days, self._forms.assumed_delay_days
        )
        if not genuine.any():
            known |= self._ripe(paid_ms, empty & ~blocked)
        told_ms = np.where(told_ms == NO_TIME_MS, paid_ms + self.delay_days * DAY_MS, np.maximum(told_ms, paid_ms))
        return {"fraud": fraud, "known_at_ms": np.where(known, told_ms, NEVER_MS), "is_blocked": blocked}

    def _ripe(self, paid_ms: Ints, unmarked: Bools) -> Bools:
        """Find the payments without a label that count as genuine: a fraud among them would be known by now."""
        ripe: Bools = unmarked & (paid_ms + self.delay_days * DAY_MS <= paid_ms.max())
        if not ripe[~self._wrong.left_out].any():
            raise self._without(
                f"no payment is called genuine, and none without a label is {self.delay_days} days older than the last "
                "one: give older payments, or say with --label-delay-days after how many days frauds are known"
            )
        self._wrong.notes.append(
            f"no payment is called genuine, so those without a label count as genuine that are {self.delay_days} "
            "days older than the last one, unless they were blocked"
        )
        return ripe

    def _without(self, why: str) -> UnusableDataError:
        """Make the error of a file that lacks labels of a kind, with the first values that were not understood."""
        return UnusableDataError("\n".join([*self._wrong.sentences[:3], f"{self._wrong.file}: {why}"]))

    def ids(self) -> NDArray[np.object_]:
        """Find what a person calls each payment, and keep the first row of each transaction id."""
        lines = np.array([f"line {line}" for line in self._wrong.lines.tolist()], dtype=np.object_)
        if "transaction_id" not in self._found:
            return lines
        text = texts.as_text(self._column("transaction_id"))
        encoded = pc.dictionary_encode(text)
        at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        _, first = np.unique(at, return_index=True)
        repeated = at >= 0
        repeated[first] = False
        self._note("transaction_id", repeated, "is there more than once; left out but for the first", leaves_out=True)
        return np.where(at >= 0, text.to_numpy(zero_copy_only=False), lines)

    def _label_times(self, known: Bools) -> Ints:
        column = self._column("label_at")
        time_ms, _, bad = convert_times(column, name=self._found["label_at"], day_first=self._forms.day_first)
        empty = np.asarray(pc.is_null(column).to_numpy())
        self._note("label_at", bad & ~empty & known, "is no time; the label counts as known after the usual delay")
        return np.where(bad, NO_TIME_MS, time_ms)

    def _column(self, ours: str) -> Column:
        return self._table.columns[self._found[ours]]

    def _note(self, ours: str, bad: Bools, why: str, *, leaves_out: bool = False) -> None:
        rows = np.flatnonzero(bad)
        if rows.size:
            column = self._column(ours)
            found = (column[row].as_py() for row in rows[:20].tolist())
            values = ["" if value is None else str(value) for value in found]
            values += [""] * (rows.size - len(values))
            self._wrong.add(self._found[ours], values, rows, why, leaves_out=leaves_out)


def label_delay(
    paid_ms: Ints, told_ms: Ints, fraud: Bools, given_days: int | None, assumed_days: int = LABEL_DELAY_DAYS
) -> tuple[int, str]:
    """
    Find after how many days nearly all frauds are known, and where that comes from: given, measured or assumed.

    Args:
        paid_ms, told_ms, fraud: (n,) times of payments, when their labels became known or NO_TIME_MS, and the labels.
        given_days: What a person says.
        assumed_days: What is assumed where nothing tells.
    """
    if given_days is not None:
        return given_days, "given"
    dated = fraud & (told_ms != NO_TIME_MS)
    if not dated.any():
        return assumed_days, "assumed"
    late_ms = np.maximum(told_ms - paid_ms, 0)[dated]
    days = int(np.ceil(np.quantile(late_ms, DELAY_QUANTILE) / DAY_MS))
    return min(max(days, 1), DELAY_DAYS_MAX), "measured"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
