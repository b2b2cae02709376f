"""
Times in whole milliseconds, UTC: as MongoDB keeps them, so that what is answered and what is stored are equal.

This machine's clock may be wrong. The ledger's is the one that all gateways share: `LEDGER` knows it, once heard.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

_WRONG_S = 10  # machines that keep their time differ by milliseconds


def now() -> datetime:
    """This moment."""
    return whole_ms(datetime.now(UTC))


def whole_ms(time: datetime) -> datetime:
    """The same time without what is finer than a millisecond; cut, never rounded, as MongoDB does."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def to_rfc3339(time: datetime) -> str:
    """Write a time in UTC with milliseconds, such as 2026-11-22T10:00:00.123Z."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class LedgerClock:
    """
    The ledger's clock, as far as it is known.

    It goes on by this machine's monotonic clock while the ledger is away, also when somebody sets ours meanwhile.
    """

    def __init__(self, now: Callable[[], datetime] = now, monotonic_s: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._monotonic_s = monotonic_s
        self._heard: tuple[datetime, float] | None = None
        self._ahead_s = 0.0  # of the monotonic clock

    def hear(self, time: datetime, *, asked_s: float) -> None:
        """
        Take up its time from an answer that just came.

        Args:
            asked_s: When it was asked, by the monotonic clock: its time is that of half the way.
        """
        heard_s = (asked_s + self._monotonic_s()) / 2
        self._heard = time, heard_s
        self._ahead_s = time.timestamp() - heard_s

    def now(self) -> datetime | None:
        """Its time at this moment; None before it was ever heard."""
        if self._heard is None:
            return None
        time, heard_s = self._heard
        return time + timedelta(seconds=self._monotonic_s() - heard_s)

    @property
    def skew(self) -> timedelta | None:
        """Our clock minus the ledger's; None while that is not known."""
        theirs = self.now()
        return None if theirs is None else self._now() - theirs

    @property
    def is_wrong(self) -> bool:
        """Whether ours is known to differ by more than any that is kept."""
        return abs(self.skew or timedelta()) > timedelta(seconds=_WRONG_S)

    def best(self) -> datetime:
        """The time: ours, or the ledger's where ours is known to be wrong."""
        ours = self._now()
        if self._heard is None:
            return ours
        # on the way of every payment, so in seconds: timedelta costs more
        skew_s = ours.timestamp() - self._ahead_s - self._monotonic_s()
        theirs = self.now() if abs(skew_s) > _WRONG_S else None
        return ours if theirs is None else whole_ms(theirs)

    def best_s(self) -> float:
        """The same in seconds since the epoch."""
        return self.best().timestamp()

    def latest(self) -> datetime:
        """What may be the time: the later of both clocks."""
        ours = self._now()
        return max(ours, self.now() or ours)

    def earliest(self) -> datetime:
        """What may be the time: the earlier of both clocks."""
        ours = self._now()
        return min(ours, self.now() or ours)


LEDGER = LedgerClock()  # one in a process, like the clock itself
