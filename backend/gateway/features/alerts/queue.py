"""Where every part of the gateway drops its alerts: in memory, so that nobody waits to say what happened."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Any

import structlog

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import Alert, make_alert, webhook_id

_log = structlog.get_logger()
WAITING_MAX = 5_000  # about 1 kB each; past it an alert is counted and logged, and lost
_RECENT_IDS_MAX = 10_000  # ids that were raised here lately: raising them again costs nothing


class AlertQueue:
    """For one event loop. `raise_alert` is what others are given."""

    def __init__(self) -> None:
        self.dropped = 0
        self.arrived = asyncio.Event()
        self._alerts: deque[Alert] = deque()
        self._recent_ids: OrderedDict[str, None] = OrderedDict()

    def raise_alert(self, kind: str, key: str, data: Mapping[str, Any]) -> None:
        """
        Something happened. Synchronous; never waits, never raises.

        Args:
            kind: One of AlertKind.
            key: Which event of that kind. The first raise of a (kind, key) stands, wherever it was made.
            data: What a JSON encoder takes; times and decimals too.
        """
        try:
            self._take(AlertKind(kind), key, data)
        except Exception:
            _log.exception("alert.not_raised", kind=str(kind))

    def take(self, limit: int) -> list[Alert]:
        """The oldest that came, no longer here afterwards."""
        return [self._alerts.popleft() for _ in range(min(limit, len(self._alerts)))]

    def __len__(self) -> int:
        return len(self._alerts)

    def _take(self, kind: AlertKind, key: str, data: Mapping[str, Any]) -> None:
        alert_id = webhook_id(kind, key)
        if alert_id in self._recent_ids:
            self._recent_ids.move_to_end(alert_id)
            return
        if len(self._alerts) >= WAITING_MAX:
            self.dropped += 1
            _log.error("alert.dropped", kind=kind, webhook_id=alert_id, dropped=self.dropped)
            return
        alert = make_alert(kind, key, data)
        self._alerts.append(alert)
        self._recent_ids[alert_id] = None
        if len(self._recent_ids) > _RECENT_IDS_MAX:
            self._recent_ids.popitem(last=False)
        _log.warning("alert.raised", kind=kind, key=alert.key, webhook_id=alert_id)
        self.arrived.set()
