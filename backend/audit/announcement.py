"""Tells the gateways what was erased, and waits until they forget it: see gateway/features/audit/erasures.py."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson.objectid import ObjectId
from pymongo.database import Database

from gateway.kit.lease import is_older
from records.account import ACCOUNT

_IDS_MAX = 10_000  # in one document: 2.5 MB of the longest
_ALIVE = timedelta(seconds=5)  # a gateway beats each second
_PATIENCE_S = 15.0
_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Gateways:
    """How many run, how many of those have forgotten, and what all of them have still to bring to MongoDB."""

    running: int
    done: int
    pending: int


def announce(ledger: Database[Any], transaction_ids: Sequence[str]) -> list[ObjectId]:
    """Write down what gateways must forget, before it is erased: then a crash in between leaves nothing behind."""
    erasures = []
    for start in range(0, len(transaction_ids), _IDS_MAX):
        ids = {"$literal": list(transaction_ids[start : start + _IDS_MAX])}
        erasure = ObjectId()
        said = {"account": ACCOUNT, "at": "$$NOW", "transaction_ids": ids, "done": []}
        ledger["erasures"].update_one({"_id": erasure}, [{"$set": said}], upsert=True)
        erasures.append(erasure)
    return erasures


def announce_again(ledger: Database[Any], erasures: Sequence[ObjectId]) -> None:
    """A retry that came before the records were erased may have been remembered."""
    ledger["erasures"].update_many({"_id": {"$in": erasures}}, [{"$set": {"at": "$$NOW", "done": []}}])


def wait_for_gateways(ledger: Database[Any], erasures: Sequence[ObjectId]) -> Gateways:
    """Until all that run are done, 15 s at most. Those that are stopped do it when they start."""
    give_up_s = time.monotonic() + _PATIENCE_S
    found = _look(ledger, erasures)
    while found.done < found.running and time.monotonic() < give_up_s:
        time.sleep(_LOOK_S)
        found = _look(ledger, erasures)
    return found


def _look(ledger: Database[Any], erasures: Sequence[ObjectId]) -> Gateways:
    alive = {"$expr": {"$not": [is_older("seen_at", _ALIVE)]}}
    running = {beat["_id"]: beat for beat in ledger["instances"].find(alive, {"journal_pending": 1})}
    done = set(running)
    for erasure in ledger["erasures"].find({"_id": {"$in": erasures}}, {"done": 1}):
        done &= set(erasure["done"])
    pending = sum(int(beat.get("journal_pending", 0)) for beat in running.values())
    return Gateways(len(running), len(done), pending)
