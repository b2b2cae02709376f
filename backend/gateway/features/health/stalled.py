"""Notices that workers are there and re-score nothing, although verdicts wait and a brain is healthy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.features.fleet.workers import Workers
from gateway.kit.cached import Cached

STALLED_AFTER_S = 60.0  # an outage's verdicts wait up to 15 s for history, and a batch takes some seconds


@dataclass(frozen=True, slots=True)
class Stalled:
    """
    Nothing is re-scored.

    Attributes:
        for_s: For how long, although it could be.
        oldest_s: How long the oldest verdict waits that a worker could score now.
    """

    for_s: float
    oldest_s: float


class Rescoring:
    """
    Asked twice a second. MongoDB is asked only while the workers do nothing.

    Args:
        workers: What they say that they have settled.
        scorer_is_healthy: Whether a worker would be given scores.
        oldest_waiting_s: As workers/store.py gives it.
        now_s: Monotonic seconds.
    """

    def __init__(
        self,
        workers: Workers,
        *,
        scorer_is_healthy: Callable[[], bool],
        oldest_waiting_s: Cached[float | None],
        now_s: Callable[[], float],
    ) -> None:
        self._workers = workers
        self._scorer_is_healthy = scorer_is_healthy
        self._oldest_waiting_s = oldest_waiting_s
        self._now_s = now_s
        self._settled: Mapping[str, int | None] = {}
        self._since_s = now_s()

    def stalled(self) -> Stalled | None:
        """None while something is settled, nothing waits, or nobody can know."""
        settled, now_s = self._workers.settled, self._now_s()
        says_all = bool(settled) and None not in settled.values()
        if settled != self._settled or not says_all or not self._scorer_is_healthy():
            self._settled, self._since_s = settled, now_s
        for_s = now_s - self._since_s
        if for_s < STALLED_AFTER_S:
            return None
        self._oldest_waiting_s.refresh()
        known = self._oldest_waiting_s.get_stale()
        oldest_s = None if known is None else known.value
        return Stalled(for_s, oldest_s) if oldest_s is not None and oldest_s >= STALLED_AFTER_S else None
