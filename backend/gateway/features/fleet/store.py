"""
Collection `instances`: who lives. Every gateway and every worker writes a document of its own each second.

    _id             host and process
    role            "worker"; missing of a gateway
    ledger          which version of the ledger's documents it writes; missing of what writes none with an account
    circuit_state   of its own circuit to the brains
    settled         unscored verdicts that a worker has dealt with since it started
    seen_at         by the server's clock; who missed 5 s is not alive, and is forgotten after an hour
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Any

from pymongo.errors import PyMongoError

from gateway.kit import clock
from gateway.kit.lease import NOW, is_older
from gateway.ledger.client import Database
from gateway.ledger.migrations import NEWEST

WORKER = "worker"
BEAT_S = 1.0
BUDGET_S = 1.0
ALIVE = timedelta(seconds=5)
INSTANCES_MAX = 200
Document = Mapping[str, Any]
_FIELDS = (
    "role", "circuit_state", "failures", "seen_at", "journal_pending", "oldest_pending_s", "journal_lost", "journal",
    "traffic", "conditions", "budgets", "settled",
)  # fmt: skip
# the server's clock at reading: the age of a beat is then true whatever ours says
_READ: Mapping[str, Any] = dict.fromkeys(_FIELDS, 1) | {"now": NOW}


class Instances:
    """
    Writes one's own heartbeat and reads those of others.

    Args:
        name: Of this process.
        ledger_clock: Updated with each beat.
    """

    def __init__(self, database: Database, *, name: str, ledger_clock: clock.LedgerClock = clock.LEDGER) -> None:
        self._instances = database["instances"]
        self._name = name
        self._ledger_clock = ledger_clock

    async def beat(self, state: Mapping[str, Any]) -> list[Document]:
        """
        Say that this process lives.

        Returns:
            The other processes that do, gateways and workers.

        Raises:
            PyMongoError, TimeoutError: MongoDB did not answer within a second.
        """
        async with asyncio.timeout(BUDGET_S):
            said = {**state, "ledger": NEWEST}
            await self._instances.update_one(
                {"_id": self._name}, {"$set": said, "$currentDate": {"seen_at": True}}, upsert=True
            )
            asked_s = monotonic()
            alive = {"$expr": {"$not": [is_older("seen_at", ALIVE)]}}
            found = await self._instances.find(alive, _READ).to_list(INSTANCES_MAX)
        if found:  # at least our own
            self._ledger_clock.update(found[0]["now"], asked_s=asked_s)
        return [document for document in found if document["_id"] != self._name]

    async def sign_off(self) -> None:
        """Say that this process ends, where that is possible."""
        with contextlib.suppress(PyMongoError, TimeoutError):
            async with asyncio.timeout(BUDGET_S):
                await self._instances.delete_one({"_id": self._name})
