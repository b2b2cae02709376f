"""A reader by marks, as the brain is one: it reads on from where it was in each run, up to what is settled."""

import threading
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import pymongo
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from records.payments import PAYMENT, TRANSACTIONS, to_payment
from records.positions import numbered
from records.runs import RUNS, SettledRun, settled_since
from tests.processes import MongodProcess

EVERY_S = 0.1


class MarkReader:
    """
    Read inside the block.

    Attributes:
        read: Transaction ids in the order in which they were read, those of a run in the order of their numbers.
    """

    def __init__(self, mongod: MongodProcess, databases: dict[str, str]) -> None:
        self.read: list[str] = []
        self._client = pymongo.MongoClient[dict[str, Any]](mongod.url, tz_aware=True, timeoutMS=2_000)
        database = self._client[databases["GATEWAY_LEDGER_DATABASE"]]
        self._runs = database.get_collection(RUNS, read_concern=ReadConcern("majority"))
        self._records = database.get_collection(TRANSACTIONS, read_concern=ReadConcern("majority"))
        self._marks: dict[bytes, int] = {}
        self._seen_at: datetime | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def look(self) -> None:
        """Read what has been settled since. Raises PyMongoError: then some of it was read, and the rest comes next."""
        runs = [SettledRun.of(found) for found in self._runs.find(settled_since(self._seen_at))]
        for run in runs:
            beyond = numbered(run.name, after=self._marks.get(run.name, 0), upto=run.settled)
            found = [to_payment(one).transaction_id for one in self._records.find(beyond, PAYMENT).sort("_id", 1)]
            self.read += found
            self._marks[run.name] = max(run.settled, self._marks.get(run.name, 0))
        self._seen_at = max((run.settled_at for run in runs if run.settled_at is not None), default=self._seen_at)

    def _work(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                self.look()
            except PyMongoError:
                continue  # it is frozen: the marks are where they were

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the last look end."""
        self._stop.set()
        self._thread.join()
        self._client.close()
