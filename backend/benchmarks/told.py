"""Writes payments as the messages that a gateway sends to a brain."""

from collections.abc import Iterator, Mapping, Sequence

from protos import fraud_pb2
from training.payments import ENTITIES, NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, TEXTS, Payments

FOUR_FIELDS = ("user",)  # beside id, amount and currency
_LINKS = ENTITIES[2:]


def messages(payments: Payments) -> Iterator[bytes]:
    """Write each payment as the bytes of one `Transaction`, in order of time."""
    names = ("time_ms", "amount_minor", *ENTITIES, *TEXTS, "account_created_ms", "utc_offset_min")
    columns = {name: getattr(payments, name).tolist() for name in names}
    texts = {name: payments.categories[name] for name in TEXTS}
    for row in range(len(payments)):
        yield _message(row, {name: column[row] for name, column in columns.items()}, texts).SerializeToString()


def _message(row: int, one: dict[str, int], texts: Mapping[str, Sequence[str]]) -> fraud_pb2.Transaction:
    message = fraud_pb2.Transaction(
        transaction_id=f"txn_{row:020d}",  # about as long as real ids
        amount=fraud_pb2.Money(minor_units=one["amount_minor"], currency="USD"),
        user_id=f"user_{one['user']:012d}",
        event_time_ms=one["time_ms"],
    )
    if one["merchant"] != NO_CODE:
        message.merchant_id = f"merchant_{one['merchant']:08d}"
    told = {name: texts[name][one[name]] for name in TEXTS if one[name] != NO_CODE}
    told |= {name: f"{name}_{one[name]:058d}" for name in _LINKS if one[name] != NO_CODE}
    if told:
        message.signals.CopyFrom(fraud_pb2.Signals(**told))  # type: ignore[arg-type]
    if one["account_created_ms"] != NO_TIME_MS and one["account_created_ms"] > 0:
        message.signals.account_created_ms = one["account_created_ms"]
    if one["utc_offset_min"] != NO_OFFSET_MIN:
        message.signals.utc_offset_min = one["utc_offset_min"]
    return message
