"""What GET /health, /health/live and /health/ready answer."""

from typing import Literal

from gateway.api.reply import Reply, Time
from gateway.features.health.status_schemas import StatusOut
from gateway.kit.circuit import CircuitState

UpOrDown = Literal["up", "down"]


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
    """This machine's clock minus MongoDB's, null before that was heard; `is_wrong` where more than 10 s lie between."""

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
