"""What can be wrong, in words: each condition has a code for machines and a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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
