"""Turns transactions and labels from the wire into domain objects, and checks what a caller may send."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NoReturn

from iso4217 import Currency

from brain.domain import Label, Query
from brain.signals import told_by
from money.currencies import to_reference_minor
from protos import fraud_pb2

ID_LENGTH_MAX = 256  # characters; ids become keys of documents, whose index entries must stay small
MINOR_UNITS_MAX = 10**15  # no payment is near it; in the dearest currency it still fits 64 bits of cents
TIME_MS_MAX = 253_402_300_799_999  # the last millisecond of the year 9999
SIGNALS_BYTES_MAX = 8192  # a gateway sends 5,000 at most
OFFSET_MIN_MAX = 24 * 60
CURRENCIES = frozenset(currency.code for currency in Currency)


class InvalidTransaction(ValueError):
    """The transaction or label is not valid. The message is one sentence for the caller."""


def read_transaction(transaction: fraud_pb2.Transaction, rates: Mapping[str, Decimal]) -> Query:
    """
    Check one transaction and turn it into a query.

    Args:
        transaction: As it was received.
        rates: Reference currency units for one unit of each currency.

    Raises:
        InvalidTransaction: an id is missing or too long, the currency is not in ISO 4217, the amount is
            negative or absurd, a time is not in the years 1970 to 9999, or the signals are absurd.
    """
    transaction_id, user_id, merchant_id = transaction.transaction_id, transaction.user_id, transaction.merchant_id
    if not 0 < len(transaction_id) <= ID_LENGTH_MAX:
        _refuse_id("transaction_id", transaction_id)
    if not 0 < len(user_id) <= ID_LENGTH_MAX:
        _refuse_id("user_id", user_id)
    if len(merchant_id) > ID_LENGTH_MAX:
        _refuse_id("merchant_id", merchant_id)
    time_ms = transaction.event_time_ms
    if not 0 < time_ms <= TIME_MS_MAX:
        raise InvalidTransaction("event_time_ms must be milliseconds since the epoch")
    minor_units, currency = transaction.amount.minor_units, transaction.amount.currency
    if currency not in CURRENCIES:
        raise InvalidTransaction("amount.currency must be an ISO 4217 code such as USD")
    if not 0 <= minor_units <= MINOR_UNITS_MAX:
        raise InvalidTransaction(f"amount.minor_units must be between 0 and {MINOR_UNITS_MAX}")
    return Query(
        transaction_id,
        time_ms,
        to_reference_minor(minor_units, currency, rates),
        user_id,
        merchant_id or None,
        transaction.is_canary,
        transaction.decision == fraud_pb2.DECISION_BLOCK,
        *(told_by(_checked(transaction.signals)) if transaction.HasField("signals") else ()),
    )


def read_label(label: fraud_pb2.Label, rates: Mapping[str, Decimal]) -> Label:
    """
    Check one label. Args and errors as for `read_transaction`.

    Raises:
        InvalidTransaction: also when known_at is not in the years 1970 to 9999, or the revision is 0.
    """
    if not 0 < label.known_at_ms <= TIME_MS_MAX:
        raise InvalidTransaction("known_at_ms must be milliseconds since the epoch")
    if label.revision < 1:
        raise InvalidTransaction("revision must be 1 or more")
    return Label(
        query=read_transaction(label.transaction, rates),
        is_fraud=label.is_fraud,
        known_at_ms=label.known_at_ms,
        revision=label.revision,
    )


def _checked(signals: fraud_pb2.Signals) -> fraud_pb2.Signals:
    if signals.ByteSize() > SIGNALS_BYTES_MAX:
        raise InvalidTransaction(f"signals have more than {SIGNALS_BYTES_MAX} bytes")
    if not 0 <= signals.account_created_ms <= TIME_MS_MAX:
        raise InvalidTransaction("signals.account_created_ms must be milliseconds since the epoch")
    if not -OFFSET_MIN_MAX < signals.utc_offset_min < OFFSET_MIN_MAX:
        raise InvalidTransaction("signals.utc_offset_min must be less than a day")
    return signals


def _refuse_id(name: str, value: str) -> NoReturn:
    raise InvalidTransaction(f"{name} is longer than {ID_LENGTH_MAX} characters" if value else f"{name} is missing")
