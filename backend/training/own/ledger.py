"""Reads a merchant's own payments from Sentinel's ledger, with the labels that stand."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from bson.codec_options import CodecOptions

from brain.domain import DAY_MS
from brain.features.windows import NEVER_MS
from money.currencies import load_rates, to_reference_minor
from records.account import of_account
from records.labels import LABEL, LABELS, to_label
from records.payments import PAYMENT, TRANSACTIONS, RecordedPayment, to_payment
from training.errors import UnusableDataError
from training.own.amounts import UNKNOWN_MINOR
from training.own.payments import OwnPayments
from training.own.reading import label_delay
from training.own.texts import address, identity
from training.payments import ENTITIES, NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, TEXTS, Payments

if TYPE_CHECKING:
    from pymongo.database import Database

PAGE = 5_000
LET_THROUGH = "let_through"  # the name of the budget that approves a small random share of what would be blocked
_BUDGET = {"verdict.budget": 1}
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, ArithmeticError)


def read_ledger(ledger: "Database[Any]", *, label_delay_days: int | None) -> OwnPayments:
    """
    Read all payments of the ledger.

    A blocked one without a label is unknown. Another one without a label counts as genuine once it is older than the
    measured delay of frauds. One that was let through by chance stands for all that were not.

    Args:
        ledger: Its database; times may come with or without a zone.
        label_delay_days: After how many days nearly all frauds are known; None to measure it.

    Raises:
        UnusableDataError: it holds no payment, or none that is known to be fraud.
    """
    columns = _Columns()
    unreadable = 0
    for document in _documents(ledger):
        try:
            columns.add(to_payment(document), document["verdict"].get("budget"))
        except _UNREADABLE:
            unreadable += 1
    if not columns.time_ms:
        raise UnusableDataError("the ledger holds no payment")
    fraud, told_ms = _labels(ledger, columns.ids)
    return columns.own(fraud, told_ms, label_delay_days=label_delay_days, unreadable=unreadable)


class _Columns:
    """Payments as they are read, a list for each column."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.time_ms: list[int] = []
        self._amount_minor: list[int] = []
        self._blocked: list[bool] = []
        self._weight: list[float] = []
        self._account_ms: list[int] = []
        self._offset_min: list[int] = []
        self._codes: dict[str, list[int]] = {name: [] for name in (*ENTITIES, *TEXTS)}
        self._places: dict[str, dict[str, int]] = {name: {} for name in (*ENTITIES, *TEXTS)}
        self._rates = load_rates()

    def add(self, payment: RecordedPayment, budget: Mapping[str, Any] | None) -> None:
        """Add one. Raises what a record raises that is none of ours, before anything is added."""
        chance = float(budget["probability"]) if budget and budget["name"] == LET_THROUGH else 1.0
        if not 0 < chance <= 1:
            raise ValueError(f"a chance of {chance}")
        minor = to_reference_minor(payment.money.minor_units, payment.money.currency, self._rates)
        told = payment.signals
        self.ids.append(payment.transaction_id)
        self.time_ms.append(_to_ms(payment.event_time))
        self._amount_minor.append(UNKNOWN_MINOR if minor is None else minor)
        self._blocked.append(payment.is_blocked)
        self._weight.append(1 / chance)
        self._account_ms.append(told.account_created_ms or NO_TIME_MS)
        self._offset_min.append(told.utc_offset_min or NO_OFFSET_MIN)
        entities = (payment.user_id, payment.merchant_id, told.card, told.device, told.address, told.email)
        for name, text in zip(ENTITIES, entities, strict=True):
            self._code(name, text and ((address(text) if name == "address" else None) or identity(text)))
        for name in TEXTS:
            self._code(name, getattr(told, name))

    def own(
        self, fraud: Mapping[int, bool], told_ms: Mapping[int, int], *, label_delay_days: int | None, unreadable: int
    ) -> OwnPayments:
        """Put all together with the labels, by the place of each payment in order of reading."""
        time_ms = np.array(self.time_ms, dtype=np.int64)
        blocked = np.array(self._blocked, dtype=np.bool_)
        is_fraud, is_told = np.zeros(time_ms.size, dtype=np.bool_), np.zeros(time_ms.size, dtype=np.bool_)
        known_at_ms = np.full(time_ms.size, NO_TIME_MS)
        for place, said in fraud.items():
            is_fraud[place], is_told[place], known_at_ms[place] = said, True, told_ms[place]
        if not is_fraud.any():
            raise UnusableDataError("no payment of the ledger is labelled as fraud: see PUT /transactions/…/label")
        delay_days, delay_from = label_delay(time_ms, known_at_ms, is_fraud, label_delay_days)
        ripe = ~is_told & ~blocked & (time_ms + delay_days * DAY_MS <= time_ms.max())
        known_at_ms = np.where(is_told, np.maximum(known_at_ms, time_ms), NEVER_MS)
        known_at_ms[ripe] = time_ms[ripe] + delay_days * DAY_MS
        payments = Payments.of(
            time_ms=time_ms,
            amount_minor=np.array(self._amount_minor, dtype=np.int64),
            user=np.array(self._codes["user"], dtype=np.int64),
            fraud=is_fraud,
            known_at_ms=known_at_ms,
            is_blocked=blocked,
            weight=np.array(self._weight),
            account_created_ms=np.array(self._account_ms, dtype=np.int64),
            utc_offset_min=np.array(self._offset_min, dtype=np.int64),
            categories={name: list(self._places[name]) for name in TEXTS},
            **{name: np.array(self._codes[name], dtype=np.int64) for name in (*ENTITIES[1:], *TEXTS)},
        )
        ids = np.array(self.ids, dtype=np.object_)[np.argsort(time_ms, kind="stable")]  # as Payments.of orders them
        source = {"file": "ledger", "sha256": self._digest(known_at_ms, is_fraud), "rows": time_ms.size}
        wrong = [f"ledger: {unreadable:,} records cannot be read and are left out"] if unreadable else []
        names = {name: list(self._places[name]) for name in ENTITIES}
        return OwnPayments(payments, names, ids, delay_days, delay_from, source, wrong)

    def _code(self, name: str, text: str | None) -> None:
        places = self._places[name]
        self._codes[name].append(places.setdefault(text, len(places)) if text else NO_CODE)

    def _digest(self, *labels: Any) -> str:
        """Hash what was read, so that a model can be told from one of another day."""
        digest = hashlib.sha256("\n".join(self.ids).encode())
        for column in labels:
            digest.update(column.tobytes())
        return digest.hexdigest()


def _documents(ledger: "Database[Any]") -> Iterator[Mapping[str, Any]]:
    """Read all payments, in the order of the ledger's own key."""
    aware = CodecOptions[Mapping[str, Any]](tz_aware=True, tzinfo=UTC)
    yield from ledger.get_collection(TRANSACTIONS, codec_options=aware).find(
        of_account(), PAYMENT | _BUDGET, batch_size=PAGE
    )


def _labels(ledger: "Database[Any]", ids: list[str]) -> tuple[dict[int, bool], dict[int, int]]:
    """Read the labels that stand: by the place of their payment whether it was fraud, and when that became known."""
    aware = CodecOptions[Mapping[str, Any]](tz_aware=True, tzinfo=UTC)
    place_of = {transaction_id: place for place, transaction_id in enumerate(ids)}
    fraud, told_ms = {}, {}
    for document in ledger.get_collection(LABELS, codec_options=aware).find({}, LABEL, batch_size=PAGE):
        label = to_label(document)
        place = place_of.get(label.transaction_id)
        if place is not None:
            fraud[place], told_ms[place] = label.is_fraud, _to_ms(label.known_at)
    return fraud, told_ms


def _to_ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)
