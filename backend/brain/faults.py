"""
Trouble on purpose: slow and failing attempts, by chance, so that the gateway's protection can be watched.

Chance decides for each attempt, not for each transaction: a hedge of a slow one is usually fast.
Health, Describe and Observe are never touched: a drill must not make the brain look dead or cost history.
"""

import random
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one attempt: how long it sleeps before it is scored, and whether it fails instead."""

    sleep_s: float = 0.0
    fails: bool = False


NO_FAULT = Fault()


class Faults:
    """Draws one fault an attempt."""

    def __init__(
        self, *, latency_rate: float, latency_s: float, error_rate: float, chance: random.Random | None = None
    ) -> None:
        """
        Args:
            latency_rate: Share of attempts, 0..1, that sleep.
            latency_s: For how long, in seconds.
            error_rate: Share of attempts, 0..1, that fail; drawn apart from the sleep.
            chance: Where randomness comes from; a seeded one repeats itself.
        """
        self._latency_rate = latency_rate
        self._error_rate = error_rate
        self._slow = Fault(sleep_s=latency_s)
        self._slow_failing = Fault(sleep_s=latency_s, fails=True)
        self._failing = Fault(fails=True)
        self._chance = chance or random.Random()  # noqa: S311 (chaos, not a secret)

    @property
    def are_on(self) -> bool:
        """Whether any attempt may be hurt at all."""
        return self._latency_rate > 0.0 or self._error_rate > 0.0

    def draw(self) -> Fault:
        """The fault of the next attempt; with both rates at 0, never any."""
        if not self.are_on:
            return NO_FAULT
        slow = self._chance.random() < self._latency_rate
        fails = self._chance.random() < self._error_rate
        if slow:
            return self._slow_failing if fails else self._slow
        return self._failing if fails else NO_FAULT

    def announce(self) -> None:
        """Say once, loudly, that faults are on: nobody should look for them in vain."""
        if self.are_on:
            log.warning(
                "faults.on",
                latency_rate=self._latency_rate,
                latency_s=self._slow.sleep_s,
                error_rate=self._error_rate,
            )
