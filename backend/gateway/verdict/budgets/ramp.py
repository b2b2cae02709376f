"""
The way of the review threshold to where it should be: up within a day, down at once.

Counted in log-odds, where a step means the same at every score. The way is told as (start, since): two gateways that
hear each other's and have the same target then have the same threshold at any moment, without a further word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

RISE_S = 24 * 3600.0  # a twenty-fourth of the way from the model's own to the target in an hour


@dataclass(frozen=True, slots=True)
class Start:
    """Where the threshold stood, in log-odds, and since when it rises from there: seconds since the epoch."""

    log_odds: float
    since_s: float


class Ramp:
    """
    Pure: the time is given.

    Args:
        own: The model's own threshold, log-odds. What follows never lies below it.

    Attributes:
        start: None as long as there is no target: the model's own threshold is then in force.
        target: In log-odds.
    """

    def __init__(self, own: float, start: Start | None = None) -> None:
        self.own = own
        self.start = start
        self.target: float | None = None

    def value(self, now_s: float) -> float:
        """The threshold in force, log-odds."""
        if self.start is None or self.target is None:
            return self.own
        return max(self.own, self._reached(self.start, self.target, now_s))

    def aim(self, target: float | None, now_s: float, others: Sequence[Start] = ()) -> None:
        """
        Go to another target from where the threshold stands now; None: back to the model's own, at once.

        Args:
            others: Of gateways that have followed longer: whoever begins goes on from where they are.
        """
        if target is None:
            self.start = None
        elif self.start is None:
            begun = min(others, key=lambda other: self._reached(other, target, now_s), default=None)
            self.start = begun or Start(self.own, now_s)
        elif self.target is not None and target != self.target:
            stands = self._reached(self.start, self.target, now_s)
            self.start = Start(max(self.own, min(stands, target)), now_s)
        # a start from a file or of another gateway stays as it is: it has risen towards this very target, by a clock
        # that may turn out to be wrong
        self.target = target

    def join(self, other: Start, now_s: float) -> None:
        """Take over the way of another gateway where it is lower; nothing where there is no target."""
        if self.start is None or self.target is None:
            return
        if self._reached(other, self.target, now_s) < self._reached(self.start, self.target, now_s):
            self.start = other

    def _reached(self, start: Start, target: float, now_s: float) -> float:
        way = max(0.0, target - self.own)
        return min(target, start.log_odds + way * max(0.0, now_s - start.since_s) / RISE_S)
