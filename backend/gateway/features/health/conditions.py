"""The words of the status: the facts that it is computed from, and each condition that can be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.features.models.service import Refused
from gateway.features.workers.store import Backlog
from gateway.kit.circuit import CircuitState
from gateway.scoring.faults import BrainFaults
from gateway.scoring.monitor import Lack


class Severity(StrEnum):
    """How bad a condition is. With any of them the gateway is not well."""

    NOTICE = "notice"  # verdicts are whole, and somebody should know
    DEGRADED = "degraded"  # verdicts are given on less than all facts, or would be


class ConditionCode(StrEnum):
    """Everything that keeps a gateway from being well."""

    BRAIN_UNREACHABLE = "BRAIN_UNREACHABLE"
    BRAIN_DISTRUSTED = "BRAIN_DISTRUSTED"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"  # or half-open
    NO_SCORES = "NO_SCORES"
    UNSCORED_VERDICTS = "UNSCORED_VERDICTS"
    DEGRADED_VERDICTS = "DEGRADED_VERDICTS"
    HISTORY_UNAVAILABLE = "HISTORY_UNAVAILABLE"
    LEDGER_DOWN = "LEDGER_DOWN"
    LEDGER_BACKLOG = "LEDGER_BACKLOG"
    JOURNAL_UNAVAILABLE = "JOURNAL_UNAVAILABLE"
    JOURNAL_LOST = "JOURNAL_LOST"  # acknowledged verdicts, until people take note
    LISTS_UNKNOWN = "LISTS_UNKNOWN"
    POLICY_FILE_REFUSED = "POLICY_FILE_REFUSED"
    MODEL_REFUSED = "MODEL_REFUSED"  # a brain cannot serve what was promoted
    INJECTED_FAULTS = "INJECTED_FAULTS"
    CLOCK_WRONG = "CLOCK_WRONG"  # of this machine, or of MongoDB's
    WORKER_AWAY = "WORKER_AWAY"  # for 30 s, while MongoDB answers
    RESCORING_STALLED = "RESCORING_STALLED"  # a worker is there, and so is a healthy brain
    OTHER_GATEWAY = "OTHER_GATEWAY"


# In a few words, without numbers and without a full stop: what is read out must not change each second.
TITLES = {
    ConditionCode.BRAIN_UNREACHABLE: "No brain is connected",
    ConditionCode.BRAIN_DISTRUSTED: "A brain failed its canaries and is not asked",
    ConditionCode.CIRCUIT_OPEN: "The circuit is not closed",
    ConditionCode.NO_SCORES: "No score comes",
    ConditionCode.UNSCORED_VERDICTS: "Verdicts of the last seconds have no score",
    ConditionCode.DEGRADED_VERDICTS: "Scores are made without history",
    ConditionCode.HISTORY_UNAVAILABLE: "A brain cannot read history",
    ConditionCode.LEDGER_DOWN: "MongoDB does not answer",
    ConditionCode.LEDGER_BACKLOG: "Verdicts wait for MongoDB",
    ConditionCode.JOURNAL_UNAVAILABLE: "The local journal takes nothing",
    ConditionCode.JOURNAL_LOST: "A damaged journal lost verdicts",
    ConditionCode.LISTS_UNKNOWN: "No list is known",
    ConditionCode.POLICY_FILE_REFUSED: "The policy file is refused",
    ConditionCode.MODEL_REFUSED: "A brain refuses a promoted model",
    ConditionCode.INJECTED_FAULTS: "Faults are injected",
    ConditionCode.CLOCK_WRONG: "The clock is not MongoDB's",
    ConditionCode.WORKER_AWAY: "No worker runs",
    ConditionCode.RESCORING_STALLED: "Nothing is re-scored",
    ConditionCode.OTHER_GATEWAY: "Another gateway is not well",
}

Figure = int | float | str


@dataclass(frozen=True, slots=True)
class Condition:
    """
    One thing that is wrong.

    Attributes:
        message: A sentence or two for people.
        since: When it began; None where only whoever looks can say when it was first seen.
        figures: The numbers of the message; units are in the names.
    """

    code: ConditionCode
    severity: Severity
    message: str
    since: datetime | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The same for as long as it lasts."""
        return TITLES[self.code]


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


@dataclass(frozen=True, slots=True)
class Stalled:
    """
    Workers are there and re-score nothing.

    Attributes:
        for_s: For how long, although it could be.
        oldest_s: How long the oldest verdict waits that a worker could score now.
    """

    for_s: float
    oldest_s: float


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
        refused: Promoted models that brains cannot serve.
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
    refused: tuple[Refused, ...] = ()
    clock_skew_s: float | None
    policy_error: str | None
    others: tuple[OtherGateway, ...]
    lost: int = 0
    lost_found_at: datetime | None = None
    worker_away: WorkerAway | None = None
    stalled: Stalled | None = None
