"""What is worth an alert, and how one is raised."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

# raise_alert(kind, key, data): returns at once and never raises; one kind and key is one alert, however often.
RaiseAlert = Callable[[str, str, Mapping[str, Any]], None]


class AlertKind(StrEnum):
    """All that there are."""

    VERDICT_AMENDED = "verdict.amended"
    OUTAGE_STARTED = "outage.started"
    OUTAGE_ENDED = "outage.ended"
    LEDGER_BACKLOG_CLEARED = "ledger.backlog_cleared"
    CONFLICT_RECORDED = "conflict.recorded"
    SCORER_BLIND = "scorer.blind"
    JOURNAL_POISON = "journal.poison"
