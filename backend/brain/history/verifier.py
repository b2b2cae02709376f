"""Holds the memory of a running brain against the ledger, payment by payment, also while payments are made."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

from pymongo import DESCENDING
from pymongo.database import Database

from brain.domain import Query
from brain.features.windows import AMOUNT_MINOR_MAX
from brain.history.scan import REACH_MS, to_ms, to_queries
from protos import fraud_pb2
from records.account import of_account
from records.labels import LABELS, RecordedLabel, to_label
from records.payments import PAYMENT, TRANSACTIONS, to_payment

_PAGE = 500  # as many as one call may name
_CHECKS_MAX = 5  # what differs is looked at again: a payment or label of just now is on its way
_BETWEEN_CHECKS_S = 1.0
_DIFFERENT_MAX = 5_000  # at so many the answer is known
_HELD_FOR_SURE = 0.95  # of the newest payments, by a memory that is full: it drops them nearly in this order

Ledger = Database[dict[str, Any]]
Progress = Callable[[str, int, int], None]  # what is being done, how much of it so far, of how much


class Brain(Protocol):
    """The part of the stub that is called."""

    def FindPayments(self, request: fraud_pb2.FindPaymentsRequest) -> fraud_pb2.FindPaymentsReply:  # noqa: N802
        """Raises grpc.RpcError."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What of one payment differs: "missing", "unexpected" or the name of what is "different"."""

    transaction_id: str
    what: str


@dataclass(slots=True)
class HistoryCheck:
    """
    How much was compared, and what differs.

    Attributes:
        payments: Of the ledger, that were compared.
        is_complete: Whether the brain has read all that it is to hold. If not, nothing was compared.
        is_full: Whether older payments had to make room: then only the newest ones were compared.
        surplus: Payments in the memory that the ledger does not have.
    """

    payments: int = 0
    is_complete: bool = True
    is_full: bool = False
    surplus: int = 0
    differences: list[Difference] = field(default_factory=list)


class Verifier:
    """Compares one brain with one ledger."""

    def __init__(self, ledger: Ledger, brain: Brain, rates: Mapping[str, Decimal]) -> None:
        """Args: rates: the brain's own; reference currency units for one unit of each currency."""
        self._ledger = ledger
        self._brain = brain
        self._rates = rates

    def check(self, *, wait_s: float, progress: Progress) -> HistoryCheck:
        """
        Compare all payments that the brain is to hold.

        Args:
            wait_s: How long a brain that has just started may take to read the ledger.

        Raises:
            PyMongoError, grpc.RpcError: one of the two is away.
        """
        at_first = self._wait(wait_s, progress)
        found = HistoryCheck(is_complete=at_first.is_complete, is_full=at_first.is_full)
        if not found.is_complete:
            return found
        horizon_ms = to_ms(datetime.now(UTC)) - REACH_MS
        matched, differing = 0, list[str]()
        for page in self._newest_first():
            known, different = self._compare(page)
            matched += known
            if page[-1].created_ms >= horizon_ms:
                found.payments += len(page)
                differing += [one.transaction_id for one in different]
            elif matched >= at_first.payments:
                break
            progress("comparing payments", min(matched, at_first.payments), at_first.payments)
            if len(differing) >= _DIFFERENT_MAX or (found.is_full and matched >= at_first.payments * _HELD_FOR_SURE):
                break
        else:
            found.surplus = 0 if found.is_full else max(at_first.payments - matched, 0)
        found.differences = self._look_again(differing)
        return found

    def _wait(self, wait_s: float, progress: Progress) -> fraud_pb2.MemoryState:
        deadline_s = time.monotonic() + wait_s
        memory = self._brain.FindPayments(fraud_pb2.FindPaymentsRequest()).memory
        while not memory.is_complete and time.monotonic() < deadline_s:
            progress("waiting until the brain has read the ledger", 0, 1)
            time.sleep(_BETWEEN_CHECKS_S)
            memory = self._brain.FindPayments(fraud_pb2.FindPaymentsRequest()).memory
        return memory

    def _newest_first(self) -> "Iterator[list[_Due]]":
        found = self._ledger[TRANSACTIONS].find(of_account(), PAYMENT)
        records = iter(found.sort([("created_at", DESCENDING), ("_id", DESCENDING)]))
        while page := list(islice(records, _PAGE)):
            yield self._due(page)

    def _due(self, records: Sequence[Mapping[str, Any]]) -> "list[_Due]":
        payments = [to_payment(record) for record in records]
        ids = [payment.transaction_id for payment in payments]
        labels = {found["_id"]: to_label(found) for found in self._ledger[LABELS].find({"_id": {"$in": ids}})}
        return [
            _Due(query, to_ms(payment.created_at), labels.get(query.transaction_id))
            for payment, query in zip(payments, to_queries(payments, self._rates), strict=True)
        ]

    def _compare(self, due: "Sequence[_Due]") -> tuple[int, list[Difference]]:
        """How many the brain knows, and what differs."""
        keys = [one.keys() for one in due]
        reply = self._brain.FindPayments(fraud_pb2.FindPaymentsRequest(payments=keys))
        pairs = list(zip(due, reply.payments, strict=True))
        different = [Difference(one.transaction_id, what) for one, known in pairs if (what := one.difference(known))]
        return sum(known.is_known for known in reply.payments), different

    def _look_again(self, differing: Sequence[str]) -> list[Difference]:
        found: list[Difference] = []
        for check in range(_CHECKS_MAX):
            if not differing:
                return []
            time.sleep(_BETWEEN_CHECKS_S if check else 0)
            found = []
            for start in range(0, len(differing), _PAGE):
                query = of_account() | {"transaction_id": {"$in": list(differing[start : start + _PAGE])}}
                found += self._compare(self._due(list(self._ledger[TRANSACTIONS].find(query, PAYMENT))))[1]
            differing = [one.transaction_id for one in found]
        return found


@dataclass(frozen=True, slots=True)
class _Due:
    """One payment of the ledger, as the memory must hold it."""

    payment: Query
    created_ms: int
    label: RecordedLabel | None

    @property
    def transaction_id(self) -> str:
        return self.payment.transaction_id

    def keys(self) -> fraud_pb2.PaymentKeys:
        payment = self.payment
        return fraud_pb2.PaymentKeys(
            transaction_id=payment.transaction_id,
            user_id=payment.user_id,
            merchant_id=payment.merchant_id,
            card=payment.card or "",
            device=payment.device or "",
            address=payment.address or "",
            email=payment.email or "",
        )

    def difference(self, known: fraud_pb2.RememberedPayment) -> str | None:
        """Say what differs; None where nothing does."""
        if self.payment.amount_minor is None:
            return "unexpected" if known.is_known else None
        if not known.is_known:
            return "missing"
        label = self.label
        pairs = {
            "time": (known.event_time_ms, self.payment.time_ms),
            "amount": (known.amount_minor, min(self.payment.amount_minor, AMOUNT_MINOR_MAX)),
            "block": (known.is_blocked, self.payment.is_blocked),
            "user": (known.is_of_user, True),
            "merchant": (known.is_of_merchant, True),
            "card": (known.is_of_card, True),
            "device": (known.is_of_device, True),
            "address": (known.is_of_address, True),
            "email": (known.is_of_email, True),
            "label": (
                (known.is_fraud, known.known_at_ms, known.revision) if known.HasField("is_fraud") else None,
                (label.is_fraud, to_ms(label.known_at), label.revision) if label is not None else None,
            ),
        }
        return next((f"different {name}" for name, (does, must) in pairs.items() if does != must), None)
