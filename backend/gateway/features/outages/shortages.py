"""
Whether verdicts lack so much, and for so long, that it belongs on record, although the circuit may be closed.

          two verdicts lack it, and 5 % of all            (nearly) none did for 15 s, and one had it since
  whole ──────────────────────────────────────> short ───────────────────────────────────────────────────> whole

The share is of the last 5 s, or, where payments are rare, of the last minute. Where less than one comes a minute, two
in a row are short, and silence ends it after twice the time between them. At the end the share is of the last 15 s:
no page calls well what its figures still show, which are of 10 s and some seconds late. What few lack under load is
the tail of the scoring budget (0.1 % at the 10 % of slow answers that the demo injects), and no state of the service.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.features.rescoring.store import SUSPECT
from gateway.scoring.monitor import KEPT_S, Lack, Tally

_RECENT_S = 5
_OVER_S = 15
_LACKING_MIN = 2  # one alone is bad luck
_SHARE_MIN = 0.05
_APART_S_MAX = 900.0  # what lies further apart has not one reason
_SHARE_OVER = 0.025  # half of the other, so that it does not come and go
# A moment in which a brain is busy is over within a second: a full queue is 0.1 s of its work.
_LASTING = timedelta(seconds=2)


class OutageCause(StrEnum):
    """What is no reason of a blind verdict."""

    HISTORY_UNAVAILABLE = "HISTORY_UNAVAILABLE"  # the brain could not read it
    LEDGER_UNAVAILABLE = "LEDGER_UNAVAILABLE"  # and MongoDB did not answer this gateway either
    INJECTED_FAULTS = "INJECTED_FAULTS"  # a drill cost scores, and opened no circuit
    CANARY = SUSPECT  # every brain failed its canaries
    UNKNOWN = "UNKNOWN"


_HARMLESS_FIRST: list[str] = [
    OutageCause.HISTORY_UNAVAILABLE,
    OutageCause.LEDGER_UNAVAILABLE,
    OutageCause.INJECTED_FAULTS,
]


def is_worse(cause: str, other: str) -> bool:
    """Whether an outage of the other cause that comes to this one is named by this one. Of equals the first stays."""
    return _badness(cause) > _badness(other)


def _badness(cause: str) -> int:
    if cause == OutageCause.CANARY:
        return len(_HARMLESS_FIRST) + 1
    return _HARMLESS_FIRST.index(cause) if cause in _HARMLESS_FIRST else len(_HARMLESS_FIRST)


class Shortfall:
    """
    One kind of lack.

    Attributes:
        since: When the first verdict of the time that lasts lacked it; None while verdicts are whole.
    """

    def __init__(self, tally: Tally, *, now_s: Callable[[], float]) -> None:
        """Args: now_s: monotonic seconds."""
        self.since: datetime | None = None
        self._tally = tally
        self._now_s = now_s
        self._ended_s = -float("inf")

    @property
    def last_at(self) -> datetime | None:
        """When a verdict last lacked it."""
        return self._tally.last_at

    @property
    def last_minute(self) -> Lack:
        """How many lacked it."""
        return self._tally.over()

    def look(self) -> None:
        """Notice that it began, or ended. Asked twice a second."""
        quiet_s = self._now_s() - self._tally.last_s
        if self.since is not None:
            share = self._tally.over(_OVER_S).share or 0.0
            is_whole = share < _SHARE_OVER and (self._tally.is_over or quiet_s >= max(KEPT_S, 2 * self._apart_s))
            if is_whole:
                self.since, self._ended_s = None, self._now_s()
        elif quiet_s < _RECENT_S:
            # of what came since the last one was over: what lacked it before is on record
            new_s = self._now_s() - self._ended_s
            windows = (self._tally.over(int(min(seconds, new_s))) for seconds in (_RECENT_S, KEPT_S))
            short = next((lack for lack in windows if _is_short(lack)), None)
            self.since = short.first_at if short is not None else self._since_when_two_in_a_row()

    @property
    def _apart_s(self) -> float:
        """Between the last two that lacked it, where none had it in between; 0 without two."""
        both = self._tally.last_two
        return both[1][0] - both[0][0] if len(both) == _LACKING_MIN else 0.0

    def _since_when_two_in_a_row(self) -> datetime | None:
        """Only where payments are rarer than one a minute: under load two in a row are still the tail."""
        is_rare = KEPT_S <= self._apart_s <= _APART_S_MAX
        return self._tally.last_two[0][1] if is_rare and self._tally.last_two[0][0] > self._ended_s else None


def _is_short(lack: Lack) -> bool:
    return lack.n >= _LACKING_MIN and (lack.share or 0.0) >= _SHARE_MIN


@dataclass(frozen=True, slots=True)
class Shortage:
    """One that lasts: from the first verdict that lacked something to the last one so far."""

    since: datetime
    last_at: datetime
    cause: str


class Shortages:
    """Asked twice a second; needs neither brain nor ledger."""

    def __init__(self, *kinds: tuple[Shortfall, Callable[[], str]]) -> None:
        """Args: kinds: each with a way to ask why it is so right now."""
        self._kinds = kinds

    @property
    def is_on(self) -> bool:
        """Whether verdicts lack something now, for however short a time."""
        return any(shortfall.since is not None for shortfall, _ in self._kinds)

    def current(self) -> Shortage | None:
        """Sum up all that lacks; None while that is nothing, or a moment's matter."""
        lasting = None
        for shortfall, why in self._kinds:
            since, last_at = shortfall.since, shortfall.last_at
            if since is None or last_at is None or last_at - since < _LASTING:
                continue
            found = Shortage(since, last_at, why())
            lasting = found if lasting is None else _together(lasting, found)
        return lasting


def _together(one: Shortage, other: Shortage) -> Shortage:
    cause = other.cause if is_worse(other.cause, one.cause) else one.cause
    return Shortage(min(one.since, other.since), max(one.last_at, other.last_at), cause)
