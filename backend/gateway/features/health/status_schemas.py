"""How things stand, as GET /health and GET /circuit/status say it."""

from typing import Literal

from gateway.api.reply import Reply, Time
from gateway.features.health.conditions import Condition, ConditionCode, Severity
from gateway.features.health.service import Status


class ConditionOut(Reply):
    """
    One thing that is wrong. `title` stays the same while it lasts; `figures` are the numbers of the `message`.

    `severity` notice: verdicts are whole, and somebody should know; degraded: they are given on less than all facts, or
    would be.
    """

    code: ConditionCode
    severity: Severity
    title: str
    message: str
    since: Time | None
    figures: dict[str, int | float | str]


class StatusOut(Reply):
    """`healthy` only while nothing at all is wrong. The worst of `conditions` comes first; `summary` says them."""

    status: Literal["healthy", "degraded"]
    summary: str
    conditions: list[ConditionOut]

    @classmethod
    def of(cls, status: Status) -> "StatusOut":
        """As it stands."""
        return StatusOut(
            status=status.word, summary=status.summary, conditions=[_to_condition(c) for c in status.conditions]
        )


def _to_condition(condition: Condition) -> ConditionOut:
    return ConditionOut(
        code=condition.code,
        severity=condition.severity,
        title=condition.title,
        message=condition.message,
        since=condition.since,
        figures=dict(condition.figures),
    )
