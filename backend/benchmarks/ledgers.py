"""Fills a ledger with old records, so that a benchmark can begin on a large one."""

import secrets
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import bson
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.collection import Collection

from benchmarks.errors import BenchmarkError
from benchmarks.load.audit import SETTLED_WITHIN_S, RecordedIn
from benchmarks.load.requests import MERCHANTS, USERS

BULK = 5_000
OLDEST = datetime(2020, 1, 1, tzinfo=UTC)  # before every mark that somebody reads on from


def fill(ledger: RecordedIn, count: int, *, like: str) -> list[str]:
    """
    Copy one record `count` times, each with an id, a user, a merchant and a time of its own.

    Args:
        like: The transaction id of the record.

    Returns:
        Some of the new transaction ids.
    """
    with MongoClient[dict[str, Any]](ledger.url) as client:
        database = client[ledger.database]
        record = _find(database["transactions"], like)
        copies, ids = Copies(record), list[str]()
        numbers = iter(range(count))
        while bulk := [RawBSONDocument(copies.make(number)) for number in islice(numbers, BULK)]:
            reply = database.command("insert", "transactions", documents=bulk, bypassDocumentValidation=True)
            if reply["n"] != len(bulk):
                raise BenchmarkError(f"{len(bulk) - reply['n']} copies were refused: {reply['writeErrors'][0]}")
            ids.append(copies.transaction_id)
    return ids


def _find(transactions: Collection[dict[str, Any]], transaction_id: str) -> dict[str, Any]:
    """Wait for a record, which may be in a journal first. Raises BenchmarkError when it does not come."""
    deadline_s = time.monotonic() + SETTLED_WITHIN_S
    while (record := transactions.find_one({"transaction_id": transaction_id})) is None:
        if time.monotonic() > deadline_s:
            raise BenchmarkError(f"no record of {transaction_id}")
        time.sleep(0.1)
    return record


class Copies:
    """
    Copies of one record, encoded.

    Encoded once, with placeholders of a fixed length: to encode a million records takes longer than to insert them.
    """

    def __init__(self, record: dict[str, Any]) -> None:
        self._run = secrets.token_bytes(4)
        self._times = {name: OLDEST - timedelta(days=n) for n, name in enumerate(_TIMES, start=1)}
        settled = {name: value for name, value in record.items() if name != _FLAG}
        placeholders = settled | self._times | {"_id": ObjectId(_ID), "transaction_id": _TRANSACTION}
        placeholders |= {"user_id": _USER, "merchant_id": _MERCHANT}
        self._encoded = bson.encode(placeholders)
        self.transaction_id = ""

    def make(self, number: int) -> bytes:
        """Make the copy of this number, a second after the one before it."""
        at = OLDEST + timedelta(seconds=number)
        self.transaction_id = f"old_{secrets.token_hex(10)}"
        encoded = self._encoded
        for old, new in self._changes(number, at):
            encoded = encoded.replace(old, new)
        return encoded

    def _changes(self, number: int, at: datetime) -> Iterator[tuple[bytes, bytes]]:
        yield _ID, struct.pack(">I4sI", int(at.timestamp()), self._run, number)
        yield _TRANSACTION.encode(), self.transaction_id.encode()
        yield _USER.encode(), b"user_%06d" % secrets.randbelow(USERS)
        yield _MERCHANT.encode(), b"merchant_%06d" % secrets.randbelow(MERCHANTS)
        for placeholder in self._times.values():
            yield _date(placeholder), _date(at)


def _date(at: datetime) -> bytes:
    return struct.pack("<q", round(at.timestamp() * 1000))


_FLAG = "chain_pending"  # of what was amended and is still to be chained: old records are
_TIMES = ("created_at", "event_time")
_ID, _TRANSACTION, _USER, _MERCHANT = b"\x01placeholder", f"old_{'_' * 20}", f"user_{'_' * 6}", f"merchant_{'_' * 6}"
