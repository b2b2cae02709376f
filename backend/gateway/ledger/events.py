"""What of the ledger's life somebody should be told of, as alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import bson

from gateway.alerting import AlertKind, RaiseAlert
from gateway.kit import clock
from gateway.kit.clock import to_rfc3339
from gateway.ledger.journal.tally import Loss

# A lone verdict that was a little slower than its budget goes through the journal as well, and is no news.
_BACKLOG_RECORDS_MIN = 100
_LOST_NAMED_MAX = 100  # in one alert; all of them are in the journal's lost.jsonl
_BACKLOG_AGE_MIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that came second, and what stands instead of it."""

    record_id: bson.ObjectId
    transaction_id: str
    decision: str
    standing_decision: str | None  # None when it was not to be read at that moment


class LedgerEvents:
    """Turns them into alerts. Never waits, never raises."""

    def __init__(self, raise_alert: RaiseAlert, *, instance: str) -> None:
        self._raise_alert = raise_alert
        self._instance = instance

    def cleared(self, records: int, lasted: timedelta) -> None:
        """Nothing waits in the journal any more: so many records did, the first of them for so long."""
        if records < _BACKLOG_RECORDS_MIN and lasted < _BACKLOG_AGE_MIN:
            return
        at = to_rfc3339(clock.now())
        data = {"instance": self._instance, "records": records, "lasted_s": round(lasted.total_seconds(), 1), "at": at}
        self._raise_alert(AlertKind.LEDGER_BACKLOG_CLEARED, f"{self._instance}/{at}", data)

    def contested(self, conflict: Conflict) -> None:
        """Two gateways answered one id while neither could reach the ledger."""
        self._raise_alert(
            AlertKind.CONFLICT_RECORDED,
            str(conflict.record_id),
            {
                "transaction_id": conflict.transaction_id,
                "record_id": str(conflict.record_id),
                "standing_decision": conflict.standing_decision,
                "other_decision": conflict.decision,
                "instance": self._instance,
            },
        )

    def lost(self, losses: Sequence[Loss]) -> None:
        """Verdicts that were acknowledged can no longer be read, in the journal or in the ledger."""
        times = sorted(loss.acknowledged_at for loss in losses)
        found_at = to_rfc3339(losses[0].found_at)
        data = {
            "instance": self._instance,
            "lost": len(losses),
            "from": to_rfc3339(times[0]),
            "to": to_rfc3339(times[-1]),
            "found_at": found_at,
            "transaction_ids": [loss.transaction_id for loss in losses[:_LOST_NAMED_MAX]],
        }
        # without the process: after a restart it is the same news
        self._raise_alert(AlertKind.JOURNAL_LOST, f"{self._instance.rpartition(':')[0]}/{found_at}", data)

    def poisoned(self, transaction_id: str, why: str) -> None:
        """The ledger will never take this record; it stays in the journal of this gateway."""
        data = {"transaction_id": transaction_id, "why": why, "instance": self._instance}
        self._raise_alert(AlertKind.JOURNAL_POISON, transaction_id, data)
