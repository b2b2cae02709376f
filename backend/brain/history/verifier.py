"""
Compares the history with the ledger: recounts each history from the ledger's records and labels.

Reads one stream from the ledger and one from the history side by side, both in order of the key, so memory is bounded
by one batch of keys however large both are.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from pymongo.database import Database

from brain.domain import DAY_MS
from brain.history.documents import LATE_DAYS, MERCHANTS, USERS, Document, Side
from brain.history.migrations import BLOCKS_STEP, IDLE_LIFE_S
from money.currencies import EXPONENTS, to_reference_minor

Documents = Database[dict[str, Any]]

_KEYS_AT_ONCE = 64  # for the busiest merchants 33,000 events: one query for their labels is under 4 MB
_FACTS = ("t", "a", "c", "f", "k", "r")
# Allowed marks of a block in a history. A payment from before the migration may lack its mark.
_MUST, _MAY, _MUST_NOT = (True,), (True, None), (None,)
_NEVER = datetime.max.replace(tzinfo=UTC)
_OTHER = {"user_id": "merchant_id", "merchant_id": "user_id"}
_KEY_OF = {USERS: "user_id", MERCHANTS: "merchant_id"}


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One event of the history that differs from the ledger.

    Attributes:
        collection: "users" or "merchants".
        key: The user or merchant id.
        transaction_id: Identifies the event.
        what: "missing", "unexpected", or "different".
    """

    collection: str
    key: str
    transaction_id: str
    what: str


@dataclass(slots=True)
class Comparison:
    """How much was compared, and the differences."""

    histories: int
    events: int
    differences: list[Difference]


class Verifier:
    """Compares one history database with one ledger."""

    def __init__(self, ledger: Documents, profiles: Documents, rates: Mapping[str, Decimal]) -> None:
        """Args: rates: the brain's own; reference currency units for one unit of each currency."""
        self._ledger = ledger
        self._profiles = profiles
        self._rates = rates
        step = profiles["schema_migrations"].find_one({"_id": BLOCKS_STEP})
        self._blocks_since: datetime = step["applied_at"] if step is not None else _NEVER

    def pending(self) -> int:
        """Count the transactions and labels of the ledger that the history does not have yet."""
        return self._ledger["transactions"].count_documents({"observe_pending": True}) + self._ledger[
            "labels"
        ].count_documents({"learn_pending": True})

    def compare(self, side: Side, keys: Sequence[str] | None = None) -> Comparison:
        """
        Compare all histories of one side, or those of some keys.

        Raises:
            PyMongoError: MongoDB is away.
        """
        comparison = Comparison(0, 0, [])
        pairs = self._pairs(side, keys)
        while some := list(islice(pairs, _KEYS_AT_ONCE)):
            self._label([event for _, due, _ in some if due is not None for event in due.events])
            for key, due, kept in some:
                comparison.histories += 1
                events, differences = _compare(side, key, due, kept)
                comparison.events += events
                comparison.differences += differences
        return comparison

    def _pairs(self, side: Side, keys: Sequence[str] | None) -> "Iterator[tuple[str, _Due | None, Document | None]]":
        """Yield each key with the events that it must have and those that it has."""
        name = _KEY_OF[side]
        # an erased person's record has an empty key and no history
        wanted = {"$in": list(keys)} if keys is not None else {"$type": "string", "$gt": ""}
        recorded = (
            self._ledger["transactions"]
            .find({name: wanted}, {"transaction_id": 1, "event_time": 1, "created_at": 1, "amount": 1, "currency": 1,
                                   "user_id": 1, "merchant_id": 1, "verdict.decision": 1})
            .sort([(name, 1), ("created_at", -1), ("_id", -1)])
        )  # fmt: skip
        stored = self._profiles[side.collection].find({"_id": wanted}).sort("_id", 1)
        due = ((key, self._due(side, documents), None) for key, documents in groupby(recorded, itemgetter(name)))
        kept = ((document["_id"], None, document) for document in stored)
        for key, found in groupby(heapq.merge(due, kept, key=itemgetter(0)), itemgetter(0)):
            both = list(found)
            yield (
                key,
                next((one for _, one, _ in both if one is not None), None),
                next((one for _, _, one in both if one is not None), None),
            )

    def _due(self, side: Side, documents: Iterable[Mapping[str, Any]]) -> "_Due":
        last_ms = 0

        def events() -> Iterator[Document]:
            nonlocal last_ms
            for document in documents:
                last_ms = max(last_ms, _ms(document["created_at"]))
                event = self._event(side, document)
                if event is not None:
                    yield event

        newest = heapq.nsmallest(side.events_max, events(), key=lambda event: (-event["t"], event["i"]))
        return _Due(newest, last_ms)

    def _event(self, side: Side, document: Mapping[str, Any]) -> Document | None:
        currency = document["currency"]
        minor_units = int(document["amount"].to_decimal().scaleb(EXPONENTS[currency]))
        amount_minor = to_reference_minor(minor_units, currency, self._rates)
        if amount_minor is None:
            return None
        other = document[_OTHER[_KEY_OF[side]]] or ""
        event = {"i": document["transaction_id"], "t": _ms(document["event_time"]), "a": amount_minor, "c": other}
        if document["verdict"]["decision"] == "block":
            event["b"] = _MUST if document["created_at"] >= self._blocks_since else _MAY
        return event

    def _label(self, events: Sequence[Document]) -> None:
        """Add the ledger's labels to these events."""
        of_id = {event["i"]: event for event in events}
        for label in self._ledger["labels"].find({"_id": {"$in": list(of_id)}}):
            said = {"f": label["is_fraud"], "k": _ms(label["known_at"]), "r": label["revision"]}
            of_id[label["_id"]].update(said)


@dataclass(frozen=True, slots=True)
class _Due:
    """The newest events that a history must have, and when the last of all was recorded."""

    events: list[Document]
    last_recorded_ms: int


def _compare(side: Side, key: str, due: _Due | None, kept: Document | None) -> tuple[int, list[Difference]]:
    now_ms = _ms(datetime.now(UTC))
    if due is not None and kept is None and due.last_recorded_ms < now_ms - IDLE_LIFE_S * 1000:
        return 0, []  # expired after IDLE_LIFE_S, as intended
    must = {event["i"]: event for event in (due.events if due is not None else [])}
    does = {event["i"]: event for event in (kept["e"] if kept is not None else [])}
    newest_ms = min(max((event["t"] for event in (*must.values(), *does.values())), default=0), now_ms)
    # an event at the very edge may be cut off by the clock of either side
    horizon_ms = newest_ms - (side.window_days + LATE_DAYS) * DAY_MS
    differences = []
    for transaction_id in sorted(must.keys() | does.keys()):
        one, other = must.get(transaction_id), does.get(transaction_id)
        if max(event["t"] for event in (one, other) if event is not None) < horizon_ms:
            continue
        if other is None:
            differences.append(Difference(side.collection, key, transaction_id, "missing"))
        elif one is None:
            differences.append(Difference(side.collection, key, transaction_id, "unexpected"))
        elif any(one.get(fact) != other.get(fact) for fact in _FACTS) or other.get("b") not in one.get("b", _MUST_NOT):
            differences.append(Difference(side.collection, key, transaction_id, "different"))
    return len(must), differences


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)
