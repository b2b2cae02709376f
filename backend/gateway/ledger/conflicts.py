"""Records that came second: two gateways that could not reach the ledger have each answered the same id."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import UpdateOne

from gateway.kit import clock
from gateway.ledger.client import Database, reading
from gateway.ledger.encoding import EncodedRecord
from gateway.ledger.events import Conflict, LedgerEvents
from gateway.ledger.seals import identity_of
from records.account import ACCOUNT, account_key

_ID_BYTES = 12


class Conflicts:
    """
    Keeps them, collection `conflicts`.

    Args:
        instance: This gateway's name.
        events: Told of each.
    """

    def __init__(self, database: Database, *, instance: str, events: LedgerEvents) -> None:
        self._database = database
        self._instance = instance
        self._events = events

    async def contest(self, encoded: Sequence[EncodedRecord]) -> int:
        """
        Keep those that are not the very records that stand under their ids.

        Returns:
            How many those were.

        Raises:
            LedgerFailure: it cannot be known or kept now; to repeat it is safe.
        """
        records = [RawBSONDocument(one.raw) for one in encoded]
        ids = [one.transaction_id for one in encoded]
        async with reading():
            records_of_ids = self._database["transactions"].find(
                {**account_key(), "transaction_id": {"$in": ids}},
                {"transaction_id": 1, "verdict.decision": 1, "seal": 1},
            )
            found = await records_of_ids.to_list(len(ids))
            recorded = {record["transaction_id"]: record for record in found}
            others = [record for record in records if not _is_same(record, recorded.get(record["transaction_id"]))]
            if others:
                kept = {"account": ACCOUNT, "at": clock.now(), "instance": self._instance}
                await self._database["conflicts"].bulk_write(
                    [
                        UpdateOne(
                            {"_id": conflict_id(other)},
                            {"$setOnInsert": {**kept, "transaction_id": other["transaction_id"], "record": other}},
                            upsert=True,
                        )
                        for other in others
                    ],
                    ordered=False,
                )
        for other in others:
            self._report(other, recorded.get(other["transaction_id"]))
        return len(others)

    def _report(self, other: Mapping[str, Any], recorded: Mapping[str, Any] | None) -> None:
        self._events.contested(
            Conflict(
                record_id=conflict_id(other),
                transaction_id=other["transaction_id"],
                decision=other["verdict"]["decision"],
                standing_decision=recorded["verdict"]["decision"] if recorded is not None else None,
            )
        )


def conflict_id(record: Mapping[str, Any]) -> ObjectId:
    """The `_id` in `conflicts`: the same one each time that this very record is sent."""
    return ObjectId(identity_of(record)[:_ID_BYTES])


def _is_same(record: Mapping[str, Any], recorded: Mapping[str, Any] | None) -> bool:
    return recorded is not None and identity_of(recorded) == identity_of(record)
