"""
Follows the ledger: each payment that any gateway commits is in the memory within a second, and each label in two.

A mark for each run of a gateway says up to which of its numbers the memory has all. Marks are kept nowhere: a brain
that starts begins with what is settled then, and the first scan reads the rest.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import structlog

from brain.history.ledger import Ledger
from brain.history.memory import Memory
from brain.history.scan import label, to_queries
from records.positions import number_of
from records.runs import SettledRun

log = structlog.get_logger()

LOOK_S = 0.5
_LABELS_EVERY, ERASURES_EVERY = 2, 10  # looks
ALL_RUNS_EVERY = (
    20  # looks, no longer than LATE_S: in between, news that a server with a wrong clock noted may be missed
)
# A label says when it was recorded by the clock of the server, and is seen when its write is done.
_LABELS_OVERLAP = timedelta(seconds=30)
_ERASURES_OVERLAP = timedelta(seconds=10)


class LedgerTail:
    """Holds the marks."""

    def __init__(self, ledger: Ledger, memory: Memory, rates: Mapping[str, Decimal]) -> None:
        """Args: rates: Reference currency units for one unit of each currency."""
        self._ledger = ledger
        self._memory = memory
        self._rates = rates
        self._marks: dict[bytes, int] = {}
        self._settled_at: datetime | None = None
        self._labels_at: datetime | None = None
        self._erased_at: datetime | None = None
        self._looks = 0

    async def begin(self) -> None:
        """Note what is settled now: from here on nothing is missed. Raises PyMongoError."""
        runs = await self._ledger.runs(None)
        self._labels_at = await self._ledger.newest_label_at()
        self._marks = {run.name: run.settled for run in runs}
        self._note(runs)

    async def look(self) -> None:
        """Read what was settled since the last look. Raises PyMongoError: look again."""
        began_s = self._memory.now_s()
        runs = await self._ledger.runs(self._settled_at if self._looks % ALL_RUNS_EVERY else None)
        for run in runs:
            await self._read(run)
        self._note(runs)
        if self._looks % _LABELS_EVERY == 0:
            await self._read_labels()
        if self._looks % ERASURES_EVERY == 0:
            await self._read_erasures()
        self._looks += 1
        self._memory.coverage.news_read(began_s)
        self._memory.remove_uncommitted()

    def _note(self, runs: Sequence[SettledRun]) -> None:
        self._settled_at = max((run.settled_at for run in runs if run.settled_at), default=self._settled_at)

    async def _read(self, run: SettledRun) -> None:
        while (mark := self._marks.get(run.name, 0)) < run.settled:
            payments, last = await self._ledger.recorded(run.name, after=mark, upto=run.settled)
            self._memory.add(to_queries(payments, self._rates))
            self._marks[run.name] = run.settled if last is None else number_of(last)

    async def _read_labels(self) -> None:
        labels = await self._ledger.labels_since(_since(self._labels_at, _LABELS_OVERLAP))
        label(self._memory, labels)
        self._labels_at = max((one.recorded_at for one in labels), default=self._labels_at)

    async def _read_erasures(self) -> None:
        for erasure in await self._ledger.erasures_since(_since(self._erased_at, _ERASURES_OVERLAP)):
            self._memory.forget_people_of(erasure.transaction_ids)
            self._erased_at = max(erasure.at, self._erased_at or erasure.at)


def _since(newest: datetime | None, overlap: timedelta) -> datetime | None:
    """From now at the latest: one that was written by a clock that ran ahead must not hide those that follow."""
    return None if newest is None else min(newest, datetime.now(UTC)) - overlap
