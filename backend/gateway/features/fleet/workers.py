"""Whether a worker is there, and what the workers do, as a gateway's heartbeats find it."""

from collections.abc import Callable, Mapping

AWAY_AFTER_S = 30.0  # a worker that is replaced is back sooner


class Workers:
    """
    Told of each heartbeat. Only time in which MongoDB answers counts: a ledger that is away says nothing of workers.

    Attributes:
        alive: Workers at the newest heartbeat; None while MongoDB does not answer.
        settled: How many unscored verdicts each of these has dealt with; None of a version that does not say so.

    Args:
        now_s: Monotonic seconds.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.alive: int | None = None
        self.settled: Mapping[str, int | None] = {}
        self._now_s = now_s
        self._answered_at_s: float | None = None
        self._missing_s = 0.0

    @property
    def away_s(self) -> float | None:
        """For how long none was seen, once that is 30 s; None before, and while nobody can know."""
        return self._missing_s if self.alive == 0 and self._missing_s >= AWAY_AFTER_S else None

    def found(self, settled: Mapping[str, int | None]) -> None:
        """These had a heartbeat in the last seconds. Args: settled: by name, what they have dealt with."""
        now_s = self._now_s()
        if settled:
            self._missing_s = 0.0
        elif self._answered_at_s is not None:
            self._missing_s += now_s - self._answered_at_s
        self.alive, self.settled, self._answered_at_s = len(settled), settled, now_s

    def unknown(self) -> None:
        """MongoDB did not answer."""
        self.alive, self.settled, self._answered_at_s = None, {}, None
