"""Says once an episode that a model would block more than it may: that model and this traffic do not fit."""

from collections.abc import Callable
from datetime import UTC, datetime

from gateway.alerting import AlertKind, RaiseAlert
from gateway.verdict.budgets.decline_cap import WINDOW
from gateway.verdict.budgets.service import Budgets


class MisfitAlarm:
    """Asked each second. An episode ends when half of the cap is free again."""

    def __init__(self, budgets: Budgets, raise_alert: RaiseAlert, *, instance: str, now_s: Callable[[], float]) -> None:
        self._budgets = budgets
        self._raise_alert = raise_alert
        self._instance = instance
        self._now_s = now_s
        self._refused = budgets.refused_blocks
        self._is_raised = False

    def look(self) -> None:
        """Raise the alert when it is time."""
        budgets = self._budgets
        if budgets.refused_blocks > self._refused:
            self._refused = budgets.refused_blocks
            if not self._is_raised:
                self._raise()
            self._is_raised = True
        elif budgets.cap.used <= budgets.cap.allowed // 2:
            self._is_raised = False

    def _raise(self) -> None:
        key = self._budgets.refused_model
        model = None if key is None else self._budgets.models.get(key)
        if key is None or model is None:
            return
        # all gateways meet the same traffic: on one day theirs is one alert
        day = datetime.fromtimestamp(self._now_s(), UTC).date().isoformat()
        cap, limits, thresholds = self._budgets.cap, model.limits, model.thresholds
        self._raise_alert(
            AlertKind.MODEL_MISFIT,
            f"{key[0]}/{key[1]}/{day}",
            {
                "model": {"name": key[0], "version": key[1]},
                "instance": self._instance,
                "blocked": cap.used,
                "allowed": cap.allowed,
                "payments": min(cap.payments, WINDOW),
                "review_threshold": thresholds.review,
                "review_threshold_own": limits.review_threshold,
                "block_threshold": thresholds.block,
                "block_threshold_own": limits.block_threshold,
            },
        )
