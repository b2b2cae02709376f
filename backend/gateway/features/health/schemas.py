"""What GET /health, /health/live, /health/ready and GET /circuit/status say of how things stand."""

from typing import Literal

from gateway.api.reply import Reply, Time
from gateway.features.health.conditions import ConditionCode, Severity
from gateway.features.health.service import Status
from gateway.kit.circuit import CircuitState

UpOrDown = Literal["up", "down"]


def up_or_down(is_up: bool) -> UpOrDown:
    """Say in one word how a neighbour is."""
    return "up" if is_up else "down"


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
        """Show a status."""
        conditions = [ConditionOut.model_validate(condition) for condition in status.conditions]
        return StatusOut(status=status.word, summary=status.summary, conditions=conditions)


class BrainHealthOut(Reply):
    """Up while a healthy brain is connected."""

    status: UpOrDown
    circuit: CircuitState


class LedgerHealthOut(Reply):
    """Up or down since then."""

    status: UpOrDown
    since: Time


class NeighboursOut(Reply):
    """What the gateway works with."""

    brain: BrainHealthOut
    ledger: LedgerHealthOut


class ScorerHealthOut(Reply):
    """
    Whether scores really come. Null: there was none yet; a share: nobody asked for one.

    `blind_share_1m` of the verdicts of the last minute had no score, `degraded_share_1m` of the scores no history.
    """

    last_score_at: Time | None
    seconds_since: float | None
    last_canary_at: Time | None
    blind_share_1m: float | None
    degraded_share_1m: float | None
    is_blind: bool


class PolicyOut(Reply):
    """The blind policy in force; `error` says why the file as it is now is not."""

    version: str
    loaded_at: Time
    error: str | None


class ListsHealthOut(Reply):
    """Entries in force; `as_of` is when the ledger last confirmed them, null if it never did yet."""

    entries: int
    as_of: Time | None


class ClockOut(Reply):
    """This machine's clock minus MongoDB's, null before that was read; `is_wrong` where more than 10 s lie between."""

    skew_ms: int | None
    is_wrong: bool


class HealthOut(StatusOut):
    """The whole picture."""

    service: Literal["sentinel-gateway"]
    version: str
    instance: str
    uptime_s: float
    services: NeighboursOut
    scorer: ScorerHealthOut
    policy: PolicyOut
    lists: ListsHealthOut
    clock: ClockOut


class LiveOut(Reply):
    """The event loop runs."""

    status: Literal["live"]


class ReadyOut(Reply):
    """It may have traffic."""

    status: Literal["ready"]
