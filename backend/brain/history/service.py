"""Fills the memory from the ledger and keeps it up to date, for as long as the brain runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

import structlog
from pymongo.errors import PyMongoError

from brain.history.ledger import Ledger
from brain.history.memory import Memory
from brain.history.scan import FirstScan
from brain.history.tail import LOOK_S, LedgerTail
from observability.seldom import Seldom

log = structlog.get_logger()


class HistoryService:
    """Reads the ledger in the background. While that is away the brain scores on with what it knows."""

    def __init__(self, ledger: Ledger, memory: Memory, rates: Mapping[str, Decimal]) -> None:
        """Args: rates: Reference currency units for one unit of each currency."""
        self._memory = memory
        self._scan = FirstScan(ledger, memory, rates)
        self._tail = LedgerTail(ledger, memory, rates)
        self._crashes = Seldom()
        self._is_failing = False
        self._is_full = False

    async def run(self) -> None:
        """Run until cancelled."""
        await self._until_done(self._tail.begin)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(), name="history tail")
            await self._until_done(self._scan.read)
            log.info("history.ready", payments=self._memory.payments)

    async def _until_done(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            if await self._succeeds(step):
                return
            await asyncio.sleep(LOOK_S)

    async def _follow(self) -> None:
        while True:
            await self._succeeds(self._tail.look)
            if self._memory.is_full and not self._is_full:
                self._is_full = True
                since = datetime.fromtimestamp(self._memory.since_ms / 1000, UTC).isoformat(timespec="seconds")
                log.warning("history.full", payments=self._memory.payments, since=since, see="BRAIN_HISTORY_MIB")
            await asyncio.sleep(LOOK_S)

    async def _succeeds(self, step: Callable[[], Awaitable[None]]) -> bool:
        try:
            await step()
        except PyMongoError as error:
            if not self._is_failing:
                log.warning("history.unavailable", error=type(error).__name__)
            self._is_failing = True
            return False
        except Exception:
            if times := self._crashes.happened():
                log.exception("history.crashed", times=times)
            return False
        if self._is_failing:
            log.info("history.recovered")
        self._is_failing = False
        return True
