"""
What Prometheus is told of the budgets: read from memory at each scrape.

The thresholds are the same on every gateway within a minute. The cap is of the process that answers.
"""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.verdict.budgets.service import Budgets

_MODEL = ("model", "version")


class BudgetCollector(Collector):
    """Made for one registry."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families, as of now."""
        yield from self._thresholds()
        cap = self._budgets.cap
        yield GaugeMetricFamily(
            "sentinel_budget_blocks_used",
            "Blocks by models among the last 10,000 payments that this process decided.",
            value=cap.used,
        )
        yield GaugeMetricFamily(
            "sentinel_budget_blocks_allowed",
            "How many there may be: what a model would block above it goes to a person.",
            value=cap.allowed,
        )

    def _thresholds(self) -> Iterator[GaugeMetricFamily]:
        thresholds = GaugeMetricFamily(
            "sentinel_budget_threshold",
            "Lowest risk score that is reviewed or blocked now; own: by the model's own word.",
            labels=[*_MODEL, "decision", "own"],
        )
        payments = GaugeMetricFamily(
            "sentinel_budget_window_payments",
            "Payments that the review threshold is taken from; below 1,000 the model's own is in force.",
            labels=_MODEL,
        )
        for key, model in self._budgets.models.items():
            limits, in_force = model.limits, model.thresholds
            thresholds.add_metric([*key, "review", "false"], in_force.review)
            thresholds.add_metric([*key, "review", "true"], limits.review_threshold)
            thresholds.add_metric([*key, "block", "false"], in_force.block)
            thresholds.add_metric([*key, "block", "true"], limits.block_threshold)
            payments.add_metric(list(key), model.payments)
        yield thresholds
        yield payments
