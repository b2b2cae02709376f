"""What the status is computed from: plain facts, read from the parts at one moment."""

from dataclasses import dataclass
from datetime import datetime

from gateway.features.health.stalled import Stalled
from gateway.features.workers.store import Backlog
from gateway.kit.circuit import CircuitState
from gateway.scoring.faults import BrainFaults
from gateway.scoring.monitor import Lack


@dataclass(frozen=True, slots=True)
class LackFacts:
    """
    What verdicts to customers lacked.

    Attributes:
        last_minute: How many of how many.
        since: Since when more than a few do; None while they are whole.
    """

    last_minute: Lack
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class OtherGateway:
    """One of the others, as of its last heartbeat: the codes of its own conditions."""

    name: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkerAway:
    """
    No worker has been seen for a while.

    Attributes:
        for_s: For how long.
        backlog: What waits for one; None while that is not known.
    """

    for_s: float
    backlog: Backlog | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    One gateway at one moment.

    Attributes:
        brains: Known behind the name.
        distrusted: Of these, those that failed their canaries.
        is_reachable: Whether a healthy brain is connected.
        has_only_unhealthy: Whether brains are connected, and every one of them failed its canaries.
        blind_since: No score has come since then although some were wanted; None while they come.
        oldest_pending_s: Age of the oldest verdict in the journal; None when none waits.
        lost: Acknowledged verdicts that a damaged journal no longer holds, and nobody has taken note of.
        faults: What brains inject, and score without for other reasons, as they said lately.
        clock_skew_s: This machine's clock minus MongoDB's, where that is more than clocks differ; None where it is not.
        policy_error: Why the policy file as it is now is not in force.
        worker_away: None while a worker is there, or nobody can know.
        stalled: Workers are there and re-score nothing of what waits; None while they do, or nobody can know.
    """

    circuit: CircuitState
    brains: int
    distrusted: int
    is_reachable: bool
    has_only_unhealthy: bool
    blind_since: datetime | None
    unscored: LackFacts
    degraded: LackFacts
    ledger_is_up: bool
    ledger_changed_at: datetime
    journal_is_available: bool
    pending: int
    oldest_pending_s: float | None
    lists_are_known: bool
    faults: tuple[BrainFaults, ...]
    clock_skew_s: float | None
    policy_error: str | None
    others: tuple[OtherGateway, ...]
    lost: int = 0
    lost_found_at: datetime | None = None
    worker_away: WorkerAway | None = None
    stalled: Stalled | None = None
