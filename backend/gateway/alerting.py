"""What there is to alert about, and how a part of the gateway says so."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

# raise_alert(kind, key, data): synchronous, never waits, never raises. One (kind, key) is one webhook id for ever.
RaiseAlert = Callable[[str, str, Mapping[str, Any]], None]


class AlertKind(StrEnum):
    """The `type` of a webhook's body. The key says which one of its kind it is."""

    VERDICT_AMENDED = "verdict.amended"  # key: the transaction
    OUTAGE_STARTED = "outage.started"  # key: the outage
    OUTAGE_ENDED = "outage.ended"  # key: the outage
    LEDGER_BACKLOG_CLEARED = "ledger.backlog_cleared"  # key: the gateway and when
    CONFLICT_RECORDED = "conflict.recorded"  # key: the record that came second
    SCORER_BLIND = "scorer.blind"  # key: since when
    MODEL_MISFIT = "model.misfit"  # key: the model and the first day
    JOURNAL_POISON = "journal.poison"  # key: the transaction
    JOURNAL_LOST = "journal.lost"  # key: the host and when it was found


# await record_alerts([(kind, key, data), ...]): MongoDB has them when it returns. Raises LedgerFailure.
RecordAlerts = Callable[[Sequence[tuple[AlertKind, str, Mapping[str, Any]]]], Awaitable[None]]

# Of one transaction each, so there may be thousands; all others go first, and among these the first goes first.
OF_TRANSACTIONS = (AlertKind.JOURNAL_POISON, AlertKind.CONFLICT_RECORDED, AlertKind.VERDICT_AMENDED)
BY_URGENCY: tuple[tuple[AlertKind, ...], ...] = (
    tuple(kind for kind in AlertKind if kind not in OF_TRANSACTIONS),
    *((kind,) for kind in OF_TRANSACTIONS),
)


def nobody(_kind: str, _key: str, _data: Mapping[str, Any]) -> None:
    """A RaiseAlert for parts that run without alerts."""
