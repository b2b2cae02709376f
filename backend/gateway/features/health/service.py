"""The status as it stands: what is wrong, since when, and one sentence for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import structlog

from gateway.features.health.assessment import assess
from gateway.features.health.conditions import Condition, ConditionCode, Severity
from gateway.features.health.facts import Facts
from gateway.scoring.live import Lack

_log = structlog.get_logger()
_HELD_S = 1.0  # a condition that is gone for less is not over: a trial or a lost heartbeat must not flicker
_SENTENCES_MAX = 3
_CODES = list(ConditionCode)


@dataclass(frozen=True, slots=True)
class Status:
    """Healthy only while nothing at all is wrong. `conditions` are the worst first, each with its beginning."""

    conditions: tuple[Condition, ...]
    summary: str

    @property
    def word(self) -> Literal["healthy", "degraded"]:
        """One word for all."""
        return "degraded" if self.conditions else "healthy"

    @property
    def codes(self) -> frozenset[ConditionCode]:
        """What is wrong."""
        return frozenset(condition.code for condition in self.conditions)


@dataclass(slots=True)
class _Seen:
    condition: Condition
    last_s: float


class StatusBoard:
    """Asked whenever somebody wants to know, and twice a second in any case, so that beginnings are true."""

    def __init__(
        self, read_facts: Callable[[], Facts], *, now_s: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        """
        Args:
            read_facts: The facts as of now, from memory.
            now_s: Monotonic seconds.
            now: The time of day.
        """
        self._read_facts = read_facts
        self._now_s = now_s
        self._now = now
        self._seen: dict[ConditionCode, _Seen] = {}

    def current(self) -> Status:
        """As of now."""
        facts = self._read_facts()
        for condition in assess(facts):
            self._note(condition)
        gone = [code for code, seen in self._seen.items() if self._now_s() - seen.last_s > _HELD_S]
        for code in gone:
            del self._seen[code]
            _log.info("status.over", condition=code.value)
        conditions = sorted((seen.condition for seen in self._seen.values()), key=_order)
        return Status(tuple(conditions), _summary(conditions, facts))

    def _note(self, condition: Condition) -> None:
        seen = self._seen.get(condition.code)
        if seen is None:
            _log.warning("status.condition", condition=condition.code.value, message=condition.message)
        since = condition.since or (seen.condition.since if seen is not None else self._now())
        self._seen[condition.code] = _Seen(replace(condition, since=since), self._now_s())


def _order(condition: Condition) -> tuple[bool, int]:
    """The same whatever was seen first: what costs verdicts, then notices."""
    return condition.severity is Severity.NOTICE, _CODES.index(condition.code)


def _summary(conditions: Sequence[Condition], facts: Facts) -> str:
    if conditions:
        return " ".join(condition.message for condition in conditions[:_SENTENCES_MAX])
    unscored, degraded = facts.unscored.last_minute, facts.degraded.last_minute
    return f"No fault is known. {_last_minute(unscored, degraded)}"


def _last_minute(unscored: Lack, degraded: Lack) -> str:
    if not unscored.wanted:
        return "No payment came in the last minute."
    if not unscored.n and not degraded.n:
        return f"All {unscored.wanted:,} verdicts of the last minute were scored, with history."
    return (
        f"Of {unscored.wanted:,} verdicts of the last minute {unscored.n:,} had no score "
        f"and {degraded.n:,} were scored without history."
    )
