"""Records as this machine keeps them: what the rows of the journal and of the memory of ids say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bson
from bson.errors import BSONError
from msgspec.structs import replace

from gateway.domain import LedgerStatus, RecordedVerdict
from gateway.ledger.documents import AWARE, to_recorded
from gateway.ledger.encoding import EncodedRecord
from gateway.ledger.journal.rows import Row
from records.older import renewed

NOT_A_RECORD = (BSONError, ValueError, TypeError)  # of bytes that are no BSON, or not of a record's fields


@dataclass(frozen=True, slots=True)
class Found:
    """
    A record.

    Attributes:
        document: As in ledger/documents.py.
        status: Whether MongoDB has it.
        is_whole: False where it comes from this machine, which does not know what was found out later.
    """

    document: Mapping[str, Any]
    status: LedgerStatus
    is_whole: bool


def record_of(row: Row) -> EncodedRecord:
    """The record in a row, to be sent once more."""
    return EncodedRecord(row.document, transaction_id=row.transaction_id, digest=row.digest)


def is_record(row: Row) -> bool:
    """Whether it can be sent at all. What is in a row is what was put there, but that may be garbage."""
    try:
        renewed(row.document)
    except NOT_A_RECORD:
        return False
    return True


def found_of(row: Row) -> Found:
    """The record in a row, and where it is."""
    return Found(_decode(row), status_of(row), is_whole=False)


def _decode(row: Row) -> Mapping[str, Any]:
    return bson.decode(row.document, AWARE)


def status_of(row: Row) -> LedgerStatus:
    """Whether MongoDB has what is in a row."""
    return LedgerStatus.COMMITTED if row.is_sent else LedgerStatus.PENDING


def recorded_of(row: Row) -> RecordedVerdict:
    """The verdict in a row."""
    return replace(to_recorded(_decode(row)), ledger_status=status_of(row))
