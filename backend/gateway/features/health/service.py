"""The status as it stands: what is wrong, since when, and one sentence for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Literal

import structlog

from gateway.features.health.assessment import assess
from gateway.features.health.conditions import Condition, ConditionCode, Facts, Severity
from gateway.features.health.sources import Sources
from gateway.features.outages.shortages import OutageCause, Shortages
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.scoring.monitor import Lack
from gateway.scoring.scorer import Scorer

_log = structlog.get_logger()
_HELD_S = 1.0  # a condition that is gone for less is not over: a trial or a lost heartbeat must not flicker
_SENTENCES_MAX = 3
_CODES = list(ConditionCode)
_LOOK_S = 0.5


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
        """Assess what is known now."""
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


class StatusWatch(Periodic):
    """Looks twice a second, whoever asks."""

    def __init__(self, sources: Sources, scorer: Scorer) -> None:
        """Args: scorer: its circuit knows why there was no score."""
        super().__init__("status", self._look, every_s=_LOOK_S)
        self._started_at_s = monotonic()
        self._board = StatusBoard(sources.read, now_s=monotonic, now=clock.now)
        self._circuit = scorer.circuit
        self.shortages = Shortages(
            (sources.unscored, self._why_unscored),
            (sources.degraded, self._why_degraded),
        )

    @property
    def uptime_s(self) -> float:
        """Seconds since this gateway began to look."""
        return monotonic() - self._started_at_s

    def current(self) -> Status:
        """Assess what is known now."""
        return self._board.current()

    def codes_for_others(self) -> list[str]:
        """List what other gateways should know is wrong here: not what these say themselves."""
        return [code.value for code in self.current().codes if code is not ConditionCode.OTHER_GATEWAY]

    def _why_unscored(self) -> str:
        faults = self._find(ConditionCode.INJECTED_FAULTS)
        if faults is not None and faults.severity is Severity.DEGRADED:
            return OutageCause.INJECTED_FAULTS
        failure = self._circuit.last_failure
        return failure.reason if failure is not None else OutageCause.UNKNOWN

    def _why_degraded(self) -> str:
        is_down = self._find(ConditionCode.LEDGER_DOWN) is not None
        return OutageCause.LEDGER_UNAVAILABLE if is_down else OutageCause.HISTORY_UNAVAILABLE

    def _find(self, code: ConditionCode) -> Condition | None:
        return next((condition for condition in self.current().conditions if condition.code is code), None)

    async def _look(self) -> None:
        self.current()
