"""
Monitors whether scores come, or verdicts have been unscored for a while although traffic flows.

Healthy-looking parts prove nothing: a wrong address, a brain that answers nobody, a circuit that never closes all look
well from outside. So this counts what was wanted (scores of customers and of the backlog, canaries) and what came.

    seeing ── something wanted did not come ──> unsure ── and nothing came for blind_after_s ──> blind
      ^                                            │                                               │
      └────────────────── a score came ────────────┴───────────────────────────────────────────────┘

A canary that passes is a score, unless customers got none meanwhile: then it is they who are right.
Pure: two clocks are handed in.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

KEPT_S = 60
_RESOLUTION_S = 0.001  # of the times that are told


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
        now_s = self._now_s()
        at_s = int(now_s)
        if not self._seconds or self._seconds[-1].at_s != at_s:
            self._seconds.append(_Second(at_s))
        second = self._seconds[-1]
        second.wanted += 1
        self.is_over = not lacks
        if lacks:
            second.lacking += 1
            if self.last_at is None or now_s - self.last_s >= _RESOLUTION_S:  # once for a batch
                self.last_at, self.last_s = self._now(), now_s
            second.first_at = second.first_at or self.last_at
            self.last_two.append((now_s, self.last_at))
        else:
            self.last_two.clear()

    def came(self) -> None:
        """What verdicts lacked is there again, by a canary or by the score of an old verdict."""
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


class BlindCause(StrEnum):
    """Why no score can be used."""

    NO_SCORE = "no_score"
    CANARY = "canary"  # every brain that answers failed its canaries


@dataclass(frozen=True, slots=True)
class Blindness:
    """One episode, from the first score that did not come; or from the last canary that a brain passed."""

    since: datetime
    cause: BlindCause
    never_scored: bool  # not once since this gateway started


class ScoreMonitor:
    """
    Is told each outcome; answers health checks and whoever raises the alert.

    Attributes:
        without_score: Of the scores that customers wanted, those that did not come.
        without_history: Of those that came, those that were made without history.
    """

    def __init__(self, *, blind_after_s: float, now_s: Callable[[], float], now: Callable[[], datetime]) -> None:
        """
        Args:
            blind_after_s: How long nothing may come that is wanted.
            now_s: Monotonic seconds.
            now: The time of day.
        """
        self.last_score_at: datetime | None = None
        self.last_canary_at: datetime | None = None  # that passed
        self._blind_after_s = blind_after_s
        self._now_s = now_s
        self._now = now
        self._last_score_s: float | None = None
        self._last_unscored_s = -float("inf")
        self._unsure_since: tuple[float, datetime] | None = None
        self._blindness: Blindness | None = None
        self._has_passed = False  # a canary, since the circuit closed
        self._is_suspicious = False
        self.without_score = Tally(now_s=now_s, now=now)
        self.without_history = Tally(now_s=now_s, now=now)

    @property
    def blindness(self) -> Blindness | None:
        """The episode that lasts; None while scores come, or while it is too early to say."""
        return self._blindness

    @property
    def unsure_since(self) -> datetime | None:
        """When the first score did not come after the last one that did; None while all is well."""
        return self._unsure_since[1] if self._unsure_since else None

    @property
    def seen_at(self) -> datetime | None:
        """When a score or a canary last came."""
        return max((at for at in (self.last_score_at, self.last_canary_at) if at is not None), default=None)

    @property
    def seconds_since_score(self) -> float | None:
        """Since the last real score; None when there never was one."""
        return None if self._last_score_s is None else self._now_s() - self._last_score_s

    @property
    def blind_share(self) -> float | None:
        """Of the scores that customers wanted in the last minute, those that did not come; None without any."""
        return self.without_score.over().share

    def scored(self, *, is_live: bool, is_degraded: bool = False) -> None:
        """A real score came. Args: is_live: for a customer, not for the backlog. is_degraded: made without history."""
        if is_live:
            self.without_score.note(lacks=False)
            self.without_history.note(lacks=is_degraded)
        else:
            self.without_score.came()
            if not is_degraded:
                self.without_history.came()
        now_s = self._now_s()
        if self._last_score_s is None or now_s - self._last_score_s >= _RESOLUTION_S:  # once for a batch
            self.last_score_at, self._last_score_s = self._now(), now_s
        self._note_sign()

    def unscored(self, *, is_live: bool) -> None:
        """None came."""
        if is_live:
            self.without_score.note(lacks=True)
        self._last_unscored_s = self._now_s()
        self._note_silence()

    @property
    def canaries_pass(self) -> bool:
        """Whether a canary has passed since the circuit closed, and no brain is under suspicion."""
        return self._has_passed and not self._is_suspicious

    def circuit_closed(self) -> None:
        """Whoever came back has to pass first."""
        self._has_passed = False

    def suspected(self, is_suspicious: bool) -> None:
        """Whether a brain that is asked still has failed its last canary."""
        self._is_suspicious = is_suspicious

    def canary_passed(self) -> None:
        """A brain told the risky from the clean."""
        self._has_passed = True
        self.last_canary_at = self._now()
        self.without_score.came()
        if self._now_s() - self._last_unscored_s >= self._blind_after_s or self._blindness_is_of_canaries():
            self._note_sign()

    def canary_unanswered(self) -> None:
        """No brain did."""
        self._note_silence()

    def found_unhealthy(self, *, since: datetime) -> None:
        """The last healthy brain failed its canaries. Args: since: when it last passed one."""
        if self._blindness is None:
            self._blindness = Blindness(since, BlindCause.CANARY, never_scored=self.seen_at is None)

    def _blindness_is_of_canaries(self) -> bool:
        return self._blindness is not None and self._blindness.cause is BlindCause.CANARY

    def _note_sign(self) -> None:
        self._unsure_since = self._blindness = None

    def _note_silence(self) -> None:
        now_s = self._now_s()
        if self._unsure_since is None:
            self._unsure_since = (now_s, self._now())
        started_s, since = self._unsure_since
        if self._blindness is None and now_s - started_s >= self._blind_after_s:
            self._blindness = Blindness(since, BlindCause.NO_SCORE, never_scored=self.seen_at is None)
