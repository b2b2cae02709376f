"""Looks whether every verdict that was given is in the ledger, once. A run that lost one is void."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

from benchmarks.errors import BenchmarkError
from benchmarks.load.wrk import Load

SETTLED_WITHIN_S = 30.0  # what waits in a journal is drained by then
LOOKED_BACK = 100_000  # records beside a run's own that are looked at, newest first
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class RecordedIn:
    """A collection of verdicts, and the field that holds the transaction's id."""

    url: str
    database: str
    id_field: str = "transaction_id"

    def audit(self, load: Load) -> float:
        """
        Count the records of one run.

        wrk cuts off at most one payment a client in the end, so there may be that many records more than answers.

        Returns:
            Share of the records whose verdict was scored.

        Raises:
            BenchmarkError: a verdict is missing, or there is one twice, or one that nobody asked for.
        """
        deadline_s = time.monotonic() + SETTLED_WITHIN_S
        records, ids, scored = self._count(load)
        while ids < load.ok and time.monotonic() < deadline_s:
            time.sleep(_POLL_S)
            records, ids, scored = self._count(load)
        if not load.ok <= ids <= load.made or records != ids:
            raise BenchmarkError(f"{load.ok} of {load.made} got a verdict, but {records} records have {ids} ids: void")
        return scored / records

    def count(self, *matching: Mapping[str, Any]) -> int:
        """Count the records that match all of these filters."""
        with MongoClient[dict[str, Any]](self.url) as client:
            return client[self.database]["transactions"].count_documents({"$and": [*matching]})

    def share(self, load: Load, matching: Mapping[str, Any]) -> float:
        """Return the share of one run's records that match."""
        return self.count(self._of(load.prefix), matching) / self.count(self._of(load.prefix))

    def _of(self, prefix: str) -> dict[str, Any]:
        return {self.id_field: {"$regex": f"^.{{0,12}}{prefix}-"}}

    def _count(self, load: Load) -> tuple[int, int, int]:
        """Records, different ids, and scored ones among them: of a large ledger only the newest are looked at."""
        with MongoClient[dict[str, int]](self.url) as client:
            found = client[self.database]["transactions"].aggregate(
                [
                    {"$limit": load.made + LOOKED_BACK},
                    {"$match": self._of(load.prefix)},
                    {"$group": {"_id": f"${self.id_field}", "n": {"$sum": 1}, "scored": {"$sum": _IS_SCORED}}},
                    {"$group": {"_id": None, "n": {"$sum": "$n"}, "ids": {"$sum": 1}, "scored": {"$sum": "$scored"}}},
                ],
                hint={"$natural": -1},
            )
            counted = next(found, {"n": 0, "ids": 0, "scored": 0})
        return counted["n"], counted["ids"], counted["scored"]


_IS_SCORED = {"$cond": ["$verdict.scored", 1, 0]}
