"""How the scores that customers wanted in the last minute came out: whole, without history, or not at all."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

KEPT_S = 60


@dataclass(frozen=True, slots=True)
class Lack:
    """
    Verdicts that lacked something, of those wanted in some seconds.

    Attributes:
        n: How many.
        wanted: Of how many.
        first_at: When the first of them was given; None without any.
    """

    n: int
    wanted: int
    first_at: datetime | None

    @property
    def share(self) -> float | None:
        """0..1; None when nothing was wanted."""
        return self.n / self.wanted if self.wanted else None


class Tally:
    """
    Counts by the second. Pure: two clocks are handed in.

    Attributes:
        last_at: When a verdict last lacked it.
        last_s: The same on the monotonic clock.
        is_over: Whether anything came after that which had it.
        last_two: The last two that lacked it, on both clocks, fewer where one had it since.
    """

    def __init__(self, *, now_s: Callable[[], float], now: Callable[[], datetime]) -> None:
        """Args: now_s: monotonic seconds. now: the time of day."""
        self.last_at: datetime | None = None
        self.last_s = -float("inf")
        self.is_over = True
        self.last_two: deque[tuple[float, datetime]] = deque(maxlen=2)
        self._now_s = now_s
        self._now = now
        self._seconds: deque[_Second] = deque(maxlen=KEPT_S)

    def note(self, *, lacks: bool) -> None:
        """One verdict was wanted."""
        at_s = int(self._now_s())
        if not self._seconds or self._seconds[-1].at_s != at_s:
            self._seconds.append(_Second(at_s))
        second = self._seconds[-1]
        second.wanted += 1
        self.is_over = not lacks
        if lacks:
            second.lacking += 1
            self.last_at, self.last_s = self._now(), self._now_s()
            second.first_at = second.first_at or self.last_at
            self.last_two.append((self.last_s, self.last_at))
        else:
            self.last_two.clear()

    def came(self) -> None:
        """What verdicts lacked is there again, by a canary or by the score of an old debt."""
        self.is_over = True
        self.last_two.clear()

    def over(self, seconds: int = KEPT_S) -> Lack:
        """Args: seconds: counted back from now, KEPT_S at most."""
        since_s = int(self._now_s()) - seconds
        recent = [second for second in self._seconds if second.at_s > since_s]
        first_at = next((second.first_at for second in recent if second.first_at is not None), None)
        return Lack(sum(second.lacking for second in recent), sum(second.wanted for second in recent), first_at)


@dataclass(slots=True)
class _Second:
    at_s: int
    wanted: int = 0
    lacking: int = 0
    first_at: datetime | None = None
