"""
Makes debts of scores that are doubted, also of those that reach the ledger late: a verdict may be under way, or wait
in the journal, when its brain is found lying.
"""

from collections import deque
from collections.abc import Callable
from datetime import timedelta

import structlog

from gateway.errors import LedgerFailure
from gateway.features.rescoring.store import Debts
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.scoring.canary.watch import Doubt

_log = structlog.get_logger()
_LOOK_S = 1.0
_UNDER_WAY = timedelta(seconds=2)  # longer than a score and its record may take
_DOUBTS_MAX = 100  # brains that lied while the ledger was away


class Doubts(Periodic):
    """The doubts of this gateway."""

    def __init__(
        self, kept: Debts, *, ledger_is_well: Callable[[], bool], journal_is_empty: Callable[[], bool]
    ) -> None:
        """Args: journal_is_empty: whether every verdict of this gateway is in the ledger."""
        super().__init__("doubts", self.look, every_s=_LOOK_S, expected=(LedgerFailure,))
        self._debts = kept
        self._ledger_is_well = ledger_is_well
        self._journal_is_empty = journal_is_empty
        self._doubts: deque[Doubt] = deque(maxlen=_DOUBTS_MAX)

    def add(self, doubt: Doubt) -> None:
        """These scores cannot be believed."""
        self._doubts.append(doubt)

    async def look(self) -> None:
        """Mark what is there; done with a doubt once nothing of it can come any more. Raises LedgerFailure."""
        if not self._ledger_is_well():
            return
        for doubt in list(self._doubts):
            is_last_time = clock.now() > doubt.until + 2 * _UNDER_WAY and self._journal_is_empty()
            marked = await self._debts.doubt(since=doubt.since, until=doubt.until + _UNDER_WAY, model=doubt.model)
            if marked:
                _log.warning("debts.doubted", verdicts=marked, since=doubt.since.isoformat())
            if is_last_time:
                self._doubts.remove(doubt)
