"""Says once an episode that a model would block more than it may: that model and this traffic do not fit."""

from collections.abc import Callable
from datetime import UTC, datetime

from gateway.alerting import AlertKind, RaiseAlert
from gateway.verdict.budgets.decline_cap import WINDOW
from gateway.verdict.budgets.service import Budgets, Misfit, ModelKey


class MisfitAlarm:
    """
    Asked each second. An episode ends when half of the cap is free again; another model has one of its own.

    All gateways meet the same traffic, so they have one episode: whoever is later takes the day of those who live, and
    the alerts of one model and day are one alert. A restart goes on with the episode, by the disk.
    """

    def __init__(self, budgets: Budgets, raise_alert: RaiseAlert, *, instance: str, now_s: Callable[[], float]) -> None:
        self._budgets = budgets
        self._raise_alert = raise_alert
        self._instance = instance
        self._now_s = now_s
        self._refused = budgets.refused_blocks

    def look(self) -> None:
        """Raise the alert when it is time."""
        budgets = self._budgets
        if budgets.refused_blocks > self._refused:
            self._refused = budgets.refused_blocks
            key, misfit = budgets.refused_model, budgets.misfit
            if key is not None and (misfit is None or (misfit.name, misfit.version) != key):
                self._begin(key)
        elif budgets.misfit is not None and budgets.cap.used <= budgets.cap.allowed // 2:
            budgets.misfit = None

    def _begin(self, key: ModelKey) -> None:
        model = self._budgets.models.get(key)
        if model is None:
            return
        today = datetime.fromtimestamp(self._now_s(), UTC).date().isoformat()
        heard = [other.since for other in self._budgets.other_misfits if (other.name, other.version) == key]
        self._budgets.misfit = Misfit(*key, since=min(heard, default=today))
        cap, limits, thresholds = self._budgets.cap, model.limits, model.thresholds
        self._raise_alert(
            AlertKind.MODEL_MISFIT,
            f"{key[0]}/{key[1]}/{self._budgets.misfit.since}",
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
