"""
The memory of recent transaction ids: a retry gets the verdict that stands, without a second score.

It also joins concurrent requests: while one is being decided, the others with its id wait for what becomes of it.
Bounded; what it forgot, the ledger's unique index still knows.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from msgspec.structs import replace

from gateway.domain import RecordedVerdict
from gateway.errors import LedgerUnconfirmed

_STOPPING = "The gateway is stopping. Send the transaction again."


class RecentVerdicts:
    """
    One decision for each transaction_id at a time.

    Args:
        size_max: Ids that are remembered; those in the middle of being decided come on top.
    """

    def __init__(self, size_max: int) -> None:
        self._size_max = size_max
        self._recorded: OrderedDict[str, RecordedVerdict] = OrderedDict()
        self._deciding: dict[str, asyncio.Future[RecordedVerdict] | None] = {}  # made for the first who joins

    def may_know(self, transaction_id: str) -> bool:
        """Whether it is remembered, or being decided right now; then `join` knows it."""
        return transaction_id in self._recorded or transaction_id in self._deciding

    async def join(self, transaction_id: str) -> RecordedVerdict:
        """
        The verdict of an id that is known: remembered, or what becomes of the one that is being decided.

        Raises:
            Exception: what it failed with.
        """
        known = self._recorded.get(transaction_id)
        if known is not None:
            self._recorded.move_to_end(transaction_id)
        else:
            joined = self._deciding[transaction_id]
            if joined is None:
                joined = self._deciding[transaction_id] = asyncio.get_running_loop().create_future()
            known = await asyncio.shield(joined)  # one who hangs up takes nothing from the others
        return replace(known, replayed=True)

    def begin(self, transaction_id: str) -> None:
        """This one is being decided from now on, until it is told what became of it."""
        self._deciding[transaction_id] = None

    def decided(self, transaction_id: str, recorded: RecordedVerdict) -> None:
        """Remember it, and tell those who joined."""
        joined = self._deciding.pop(transaction_id)
        if joined is not None:
            joined.set_result(recorded)
        self._recorded[transaction_id] = recorded
        if len(self._recorded) > self._size_max:
            self._recorded.popitem(last=False)

    def failed(self, transaction_id: str, error: BaseException) -> None:
        """Tell those who joined. One that was cut off by a shutdown is unconfirmed to them: nobody cancelled theirs."""
        joined = self._deciding.pop(transaction_id)
        if joined is not None:
            is_error = isinstance(error, Exception)
            joined.set_exception(error if is_error else LedgerUnconfirmed(_STOPPING))
            joined.exception()  # read, so that those who joined may all have hung up: no complaint in the log

    def forget(self, transaction_ids: Iterable[str]) -> None:
        """These are not remembered any more."""
        for transaction_id in transaction_ids:
            self._recorded.pop(transaction_id, None)
