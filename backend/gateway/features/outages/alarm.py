"""
Says once an episode that this gateway gives verdicts blind, or would: no real score for a while although some were
wanted. Needs neither brain nor ledger to say it.
"""

from collections.abc import Callable
from time import monotonic

from bson.objectid import ObjectId

from gateway.alerting import AlertKind, RaiseAlert
from gateway.kit import clock
from gateway.kit.clock import to_rfc3339
from gateway.scoring.monitor import Blindness, ScoreMonitor

_OUTAGE_KNOWN_S = 3.0  # so long the ledger is given to say which outage this is: all gateways' alert is then one


class BlindAlarm:
    """Asked twice a second."""

    def __init__(
        self, monitor: ScoreMonitor, raise_alert: RaiseAlert, *, instance: str, outage_id: Callable[[], ObjectId | None]
    ) -> None:
        """Args: outage_id: the outage that lasts, as far as the ledger has said."""
        self._monitor = monitor
        self._raise_alert = raise_alert
        self._instance = instance
        self._outage_id = outage_id
        self._noticed_at_s: float | None = None
        self._is_raised = False

    def look(self) -> None:
        """Raise the alert when it is time."""
        blindness = self._monitor.blindness
        if blindness is None:
            self._noticed_at_s, self._is_raised = None, False
            return
        if self._noticed_at_s is None:
            self._noticed_at_s = monotonic()
        outage_id = self._outage_id()
        is_time = outage_id is not None or monotonic() - self._noticed_at_s >= _OUTAGE_KNOWN_S
        if is_time and not self._is_raised:
            key = str(outage_id) if outage_id is not None else f"{self._instance}:{to_rfc3339(blindness.since)}"
            self._raise_alert(AlertKind.SCORER_BLIND, key, self._to_data(blindness))
            self._is_raised = True

    def _to_data(self, blindness: Blindness) -> dict[str, object]:
        last_at = self._monitor.last_score_at
        return {
            "cause": blindness.cause.value,
            "instance": self._instance,
            "since": to_rfc3339(blindness.since),
            "seconds": round((clock.now() - blindness.since).total_seconds(), 1),
            "never_scored": blindness.never_scored,
            "last_score_at": to_rfc3339(last_at) if last_at is not None else None,
        }
