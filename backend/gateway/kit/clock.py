"""
Times in whole milliseconds, UTC: as MongoDB keeps them, so that what is answered and what is stored are equal.

This machine's clock may be wrong. The ledger's is the one that all gateways share: `LEDGER` knows it, once it was read.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_WRONG_S = 10  # machines that keep their time differ by milliseconds
_FLOAT_S = 1e-6  # what is 0.123 s may be a little less as a float


def now() -> datetime:
    """Read this machine's clock."""
    return from_s(time.time())


def from_s(since_epoch_s: float) -> datetime:
    """Convert seconds since the epoch into a time in whole milliseconds."""
    return datetime.fromtimestamp(int((since_epoch_s + _FLOAT_S) * 1000) / 1000, UTC)


def whole_ms(time: datetime) -> datetime:
    """Cut off what is finer than a millisecond; never rounded, as MongoDB does."""
    return time - timedelta(microseconds=time.microsecond % 1000)


def to_rfc3339(time: datetime) -> str:
    """Write a time in UTC with milliseconds, such as 2026-11-22T10:00:00.123Z."""
    if time.tzinfo is not UTC:  # nearly all are
        time = time.astimezone(UTC)
    return f"{time.isoformat(timespec='milliseconds')[:-6]}Z"


class LedgerClock:
    """
    The ledger's clock, as far as it is known.

    It goes on by this machine's monotonic clock while the ledger is away, also when somebody sets ours meanwhile.
    """

    def __init__(
        self, now_s: Callable[[], float] = time.time, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        """
        Args:
            now_s: This machine's clock, in seconds since the epoch.
            monotonic_s: Seconds on a clock that does not jump.
        """
        self._now_s = now_s
        self._monotonic_s = monotonic_s
        self._ahead_s: float | None = None  # the ledger's clock, of the monotonic one; None before it was ever read

    def update(self, time: datetime, *, asked_s: float) -> None:
        """
        Take up its time from an answer that just came.

        Args:
            asked_s: When it was asked, by the monotonic clock: its time is that of half the way.
        """
        self._ahead_s = time.timestamp() - (asked_s + self._monotonic_s()) / 2

    def now(self) -> datetime | None:
        """Compute its time at this moment; None before it was ever read."""
        return None if self._ahead_s is None else from_s(self._ahead_s + self._monotonic_s())

    @property
    def skew(self) -> timedelta | None:
        """Our clock minus the ledger's; None while that is not known."""
        if self._ahead_s is None:
            return None
        return timedelta(seconds=round(self._now_s() - self._ahead_s - self._monotonic_s(), 6))

    @property
    def is_wrong(self) -> bool:
        """Whether ours is known to differ by more than any that is kept."""
        return abs(self.skew or timedelta()) > timedelta(seconds=_WRONG_S)

    def best_s(self) -> float:
        """Choose the time in seconds since the epoch: ours, or the ledger's where ours is known to be wrong."""
        ours_s = self._now_s()
        if self._ahead_s is None:
            return ours_s
        theirs_s = self._ahead_s + self._monotonic_s()
        return theirs_s if abs(ours_s - theirs_s) > _WRONG_S else ours_s

    def best(self) -> datetime:
        """Choose the same as a time."""
        return from_s(self.best_s())

    def latest(self) -> datetime:
        """Choose the later of both clocks: what may be the time."""
        ours = from_s(self._now_s())
        return max(ours, self.now() or ours)

    def earliest(self) -> datetime:
        """Choose the earlier of both clocks: what may be the time."""
        ours = from_s(self._now_s())
        return min(ours, self.now() or ours)


LEDGER = LedgerClock()  # one in a process, like the clock itself
