"""
The memory of recent transaction ids: a retry gets the verdict that stands, without a second score.

It also joins concurrent requests: while one is being decided, the others with its id wait for what becomes of it.
Bounded; what it forgot, the ledger's unique index still knows.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable

from msgspec.structs import replace

from gateway.domain import RecordedVerdict
from gateway.errors import LedgerUnconfirmed


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

    async def join_or_decide(
        self, transaction_id: str, decide: Callable[[], Awaitable[RecordedVerdict]]
    ) -> RecordedVerdict:
        """
        The verdict that stands for this id: remembered, being decided right now, or decided by `decide`.

        Raises:
            Exception: what `decide` raised, to everybody who waited for it.
        """
        known = self._recorded.get(transaction_id)
        if known is not None:
            self._recorded.move_to_end(transaction_id)
            return replace(known, replayed=True)
        if transaction_id in self._deciding:
            return replace(await self._join(transaction_id), replayed=True)
        self._deciding[transaction_id] = None
        try:
            recorded = await decide()
        except Exception as error:
            self._tell(transaction_id, error)
            raise
        except BaseException:  # cancelled, by a shutdown: whoever waited must not be told that they were
            self._tell(transaction_id, LedgerUnconfirmed("The gateway is stopping. Send the transaction again."))
            raise
        joined = self._deciding.pop(transaction_id)
        if joined is not None:
            joined.set_result(recorded)
        self._recorded[transaction_id] = recorded
        if len(self._recorded) > self._size_max:
            self._recorded.popitem(last=False)
        return recorded

    def forget(self, transaction_ids: Iterable[str]) -> None:
        """These are not remembered any more."""
        for transaction_id in transaction_ids:
            self._recorded.pop(transaction_id, None)

    async def _join(self, transaction_id: str) -> RecordedVerdict:
        joined = self._deciding[transaction_id]
        if joined is None:
            joined = self._deciding[transaction_id] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(joined)  # one who hangs up takes nothing from the others

    def _tell(self, transaction_id: str, error: Exception) -> None:
        joined = self._deciding.pop(transaction_id)
        if joined is not None:
            joined.set_exception(error)
            joined.exception()  # read, so that those who joined may all have hung up: no complaint in the log
