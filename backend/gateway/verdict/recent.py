"""
The memory of recent transaction ids: a retry gets the verdict that stands, without a second score.

It also joins concurrent requests: while one is being decided, the others with its id wait for what becomes of it.
Bounded; what it forgot, the ledger's unique index still knows.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

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
        self._deciding: dict[str, asyncio.Future[RecordedVerdict]] = {}

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
        deciding = self._deciding.get(transaction_id)
        if deciding is not None:
            return replace(await asyncio.shield(deciding), replayed=True)
        return await self._decide(transaction_id, decide)

    def forget(self, transaction_ids: Iterable[str]) -> None:
        """These are not remembered any more."""
        for transaction_id in transaction_ids:
            self._recorded.pop(transaction_id, None)

    async def _decide(self, transaction_id: str, decide: Callable[[], Awaitable[RecordedVerdict]]) -> RecordedVerdict:
        deciding: asyncio.Future[RecordedVerdict] = asyncio.get_running_loop().create_future()
        self._deciding[transaction_id] = deciding
        try:
            recorded = await decide()
        except Exception as error:
            deciding.set_exception(error)
            deciding.exception()  # read, so that nobody having waited is no complaint in the log
            raise
        except BaseException:  # cancelled, by a shutdown: whoever waited must not be told that they were
            deciding.set_exception(LedgerUnconfirmed("The gateway is stopping. Send the transaction again."))
            deciding.exception()
            raise
        finally:
            del self._deciding[transaction_id]
        deciding.set_result(recorded)
        self._recorded[transaction_id] = recorded
        if len(self._recorded) > self._size_max:
            self._recorded.popitem(last=False)
        return recorded
