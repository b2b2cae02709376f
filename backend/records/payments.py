"""What a reader may rely on of a record in `transactions`: the payment, and how it was decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson.objectid import ObjectId
from msgspec import Struct

from money.amounts import Money
from records.amounts import to_money
from records.signals import SIGNALS, RecordedSignals, copy_signals

TRANSACTIONS = "transactions"
PAYMENT = {
    "transaction_id": 1,
    "event_time": 1,
    "created_at": 1,
    "user_id": 1,
    "merchant_id": 1,
    "amount": 1,
    "currency": 1,
    "verdict.decision": 1,
    **SIGNALS,
}


class RecordedPayment(Struct, frozen=True):
    """
    One payment of the ledger.

    Attributes:
        record_id: Its position, see records/positions.py; of older records any ObjectId.
        event_time: When it happened at the merchant.
        created_at: When it was decided, by the gateway's clock.
        user_id: "" where the person was erased.
        signals: What else the request told; nothing where the person was erased.
    """

    record_id: ObjectId
    transaction_id: str
    event_time: datetime
    created_at: datetime
    user_id: str
    merchant_id: str | None
    money: Money
    is_blocked: bool
    signals: RecordedSignals


def to_payment(document: Mapping[str, Any]) -> RecordedPayment:
    """
    Read a record, or what the projection PAYMENT leaves of it.

    Raises:
        KeyError, ValueError, TypeError, AttributeError, ArithmeticError: it is none of ours.
    """
    signals = RecordedSignals()
    copy_signals(document.get("request", {}), signals)
    return RecordedPayment(
        record_id=document["_id"],
        transaction_id=document["transaction_id"],
        event_time=document["event_time"],
        created_at=document["created_at"],
        user_id=document["user_id"],
        merchant_id=document["merchant_id"],
        money=to_money(document["amount"], document["currency"]),
        is_blocked=document["verdict"]["decision"] == "block",
        signals=signals,
    )
