"""
Marks suspect scores for re-scoring, also those that reach the ledger late: a verdict may be under way, or wait in the
journal, when its brain is found unhealthy.
"""

from collections import deque
from collections.abc import Callable
from datetime import timedelta

import structlog

from gateway.errors import LedgerFailure
from gateway.features.rescoring.store import RescoreBacklog
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.scoring.canary.watch import SuspectScores

_log = structlog.get_logger()
_LOOK_S = 1.0
_UNDER_WAY = timedelta(seconds=2)  # longer than a score and its record may take
_SUSPECTS_MAX = 100  # brains found unhealthy while the ledger was away


class SuspectMarker(Periodic):
    """Marks the suspect scores that this gateway was given."""

    def __init__(
        self, kept: RescoreBacklog, *, ledger_is_healthy: Callable[[], bool], journal_is_empty: Callable[[], bool]
    ) -> None:
        """Args: journal_is_empty: whether every verdict of this gateway is in the ledger."""
        super().__init__("suspects", self.look, every_s=_LOOK_S, expected=(LedgerFailure,))
        self._backlog = kept
        self._ledger_is_healthy = ledger_is_healthy
        self._journal_is_empty = journal_is_empty
        self._suspects: deque[SuspectScores] = deque(maxlen=_SUSPECTS_MAX)

    def add(self, suspect: SuspectScores) -> None:
        """Have these scores marked, now and as they reach the ledger."""
        self._suspects.append(suspect)

    async def look(self) -> None:
        """Mark what is there; forget a time span once none of its scores can come any more. Raises LedgerFailure."""
        if not self._ledger_is_healthy():
            return
        for suspect in list(self._suspects):
            is_last_time = clock.now() > suspect.until + 2 * _UNDER_WAY and self._journal_is_empty()
            marked = await self._backlog.mark_suspect(
                since=suspect.since, until=suspect.until + _UNDER_WAY, model=suspect.model
            )
            if marked:
                _log.warning("scores.suspect", verdicts=marked, since=suspect.since.isoformat())
            if is_last_time:
                self._suspects.remove(suspect)
