"""
How much each key may ask for: a token bucket, and a number of requests at a time. In memory, of this gateway alone.

Single verdicts may use all of it, batches and reads a part: what a shop's reports take is not missing at its checkout.
"""

from collections.abc import Callable
from enum import Enum

from gateway.access.errors import RateLimited, TooManyAtOnce
from gateway.access.principal import Principal

_FLOAT = 1e-6  # of a token: sums of parts of a second are not exact
_ALLOWANCES_MAX = 10_000  # of callers; the one that was made first goes


class Use(Enum):
    """What a request is. Its value: the part of the limits that it may use."""

    VERDICT = 1.0
    BATCH = 0.85
    READ = 0.7


class Allowance:
    """
    What one caller may still ask for.

    Args:
        rate_per_s: Requests a second in the long run, and in one moment after a second without any.
        at_once_max: Requests in flight.
        now_s: Monotonic seconds.
    """

    __slots__ = ("_at_once_max", "_in_flight", "_noted_s", "_now_s", "_rate_per_s", "_tokens")

    def __init__(self, rate_per_s: float, at_once_max: int, now_s: Callable[[], float]) -> None:
        self._rate_per_s = self._tokens = rate_per_s
        self._at_once_max = at_once_max
        self._in_flight = 0
        self._now_s = now_s
        self._noted_s = now_s()

    def enter(self, use: Use) -> None:
        """
        Begin a request. `leave` has to follow, unless this raises.

        Raises:
            RateLimited, TooManyAtOnce: with how long to wait.
        """
        if self._in_flight >= self._at_once_max * use.value:
            raise TooManyAtOnce(self._at_once_max)
        self.take(1, use)
        self._in_flight += 1

    def take(self, cost: int, use: Use) -> None:
        """
        Take tokens: one for each transaction. What is more than there ever are is owed, so that a batch can pass.

        Raises:
            RateLimited: with how long to wait.
        """
        now_s, full = self._now_s(), self._rate_per_s
        tokens = min(full, self._tokens + (now_s - self._noted_s) * full)
        self._noted_s = now_s
        self._tokens = tokens
        kept_back = full * (1.0 - use.value)
        wanted = min(float(cost), full - kept_back)
        missing = kept_back + wanted - tokens
        if missing > _FLOAT:
            raise RateLimited(full, left=max(0.0, tokens - kept_back), wait_s=missing / full)
        self._tokens = tokens - cost

    def leave(self) -> None:
        """End a request."""
        self._in_flight -= 1


class Unlimited(Allowance):
    """Of callers in a demo, who are all one."""

    def __init__(self) -> None:
        super().__init__(1.0, 1, lambda: 0.0)

    def enter(self, use: Use) -> None:
        """Let everybody in."""

    def take(self, cost: int, use: Use) -> None:
        """Count nothing."""

    def leave(self) -> None:
        """Count nothing."""


class Limits:
    """
    The allowances of all callers of this gateway.

    Args:
        rate_per_s, at_once_max, now_s: As of an allowance, for each.
    """

    def __init__(self, rate_per_s: float, at_once_max: int, now_s: Callable[[], float]) -> None:
        self._of = (rate_per_s, at_once_max, now_s)
        self._by_caller: dict[str, Allowance] = {}
        self._unlimited = Unlimited()

    def of(self, principal: Principal) -> Allowance:
        """Return what this caller may still ask for."""
        found = self._by_caller.get(principal.id)
        if found is None:
            found = self._unlimited if principal.kind == "demo" else Allowance(*self._of)
            if len(self._by_caller) >= _ALLOWANCES_MAX:
                del self._by_caller[next(iter(self._by_caller))]
            self._by_caller[principal.id] = found
        return found
