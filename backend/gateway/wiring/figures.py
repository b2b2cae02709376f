"""What pages and Prometheus ask for: the status, the models, and counts that the ledger is asked for once for all."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry

from gateway.api.metrics import Families
from gateway.errors import LedgerFailure
from gateway.features.budgets.collector import BudgetCollector
from gateway.features.health.api import StatusCollector
from gateway.features.health.service import StatusWatch
from gateway.features.health.sources import KnownFaults, Sources
from gateway.features.ledger_status.api import BacklogCollector
from gateway.features.ledger_status.store import LedgerCounts, count
from gateway.features.models.collector import ModelCollector
from gateway.features.models.comparison import Judged, PairComparison, compare_models, judge_models
from gateway.features.models.service import ModelRegistry
from gateway.features.models.store import PromotedModels
from gateway.features.workers.store import BACKLOG_FRESH_S, count_backlog, oldest_waiting_s
from gateway.kit.cached import Cached, refreshed
from gateway.kit.periodic import Part
from gateway.ledger.client import Database
from gateway.scoring.faults import FaultControl
from gateway.settings import Settings
from gateway.verdict.budgets.service import Budgets
from gateway.wiring.neighbours import Neighbours
from gateway.wiring.verdicts import Verdicts

_COUNTS_FRESH_S = 1.0
_OLDEST_FRESH_S = 10.0  # asked for as long as nothing is to be re-scored, so nearly always
_COMPARISON_FRESH_S = 5.0  # it takes mongod 50 ms
_LABELLED_FRESH_S = 30.0  # 200 ms, and labels come in over days

Answer = TypeVar("Answer")


class Figures:
    """Attributes: status: of this gateway, sent to the others with each heartbeat."""

    def __init__(
        self, settings: Settings, neighbours: Neighbours, verdicts: Verdicts, *, families: Families, budgets: Budgets
    ) -> None:
        scorer, ledger, fleet = neighbours.scorer, neighbours.ledger, neighbours.fleet
        control = FaultControl(scorer.known_stubs, is_enabled=settings.fault_control)
        faults = KnownFaults(control.read, monotonic)
        models = ModelRegistry(scorer.describe, monotonic)
        backlog = cached(count_backlog, ledger.database, fresh_s=BACKLOG_FRESH_S)
        oldest = cached(oldest_waiting_s, ledger.database, fresh_s=_OLDEST_FRESH_S)
        sources = Sources(
            scorer=scorer,
            ledger=ledger,
            fleet=fleet,
            lists=verdicts.lists,
            policy=verdicts.policy,
            faults=faults,
            models=models,
            backlog=backlog,
            oldest_waiting_s=oldest,
        )
        self.status = StatusWatch(sources, scorer)
        fleet.conditions = self.status.codes_for_others
        counts = cached(count, ledger.database, fresh_s=_COUNTS_FRESH_S)
        comparison = cached(compare_models, ledger.database, fresh_s=_COMPARISON_FRESH_S)
        labelled = cached(judge_models, ledger.database, fresh_s=_LABELLED_FRESH_S)
        registry = CollectorRegistry()
        for collector in (
            families.collector,
            BacklogCollector(ledger.journal, refreshed(counts)),
            StatusCollector(self.status.current, scorer.monitor, fleet.workers),
            ModelCollector(models.in_service, models.refused, refreshed(comparison)),
            BudgetCollector(budgets),
            neighbours.alerts,
        ):
            registry.register(collector)
        self.parts: tuple[Part, ...] = (faults, self.status, models, counts, comparison, labelled, backlog, oldest)
        self.services: dict[Any, object] = {
            StatusWatch: self.status,
            FaultControl: control,
            ModelRegistry: models,
            PromotedModels: PromotedModels(ledger.database),
            Cached[LedgerCounts]: counts,
            Cached[list[PairComparison]]: comparison,
            Cached[Judged]: labelled,
            CollectorRegistry: registry,
        }


def cached(load: Callable[[Database], Awaitable[Answer]], database: Database, *, fresh_s: float) -> Cached[Answer]:
    """Ask MongoDB once for all who want the answer."""
    return Cached(lambda: load(database), failures=(LedgerFailure,), fresh_s=fresh_s, now_s=monotonic)
