"""What decides transactions: the lists, the policy, the caps and the budgets, and who puts them together."""

from typing import Any

from gateway.fallback.caps import Exposure
from gateway.fallback.service import FallbackService, PolicyFile
from gateway.features.audit.erasures import Erasures, Forgetting
from gateway.features.budgets.service import BudgetSharing
from gateway.features.budgets.store import BudgetStore
from gateway.features.exposure.store import MongoLeaseStore
from gateway.features.lists.service import Lists
from gateway.features.lists.store import ListStore
from gateway.kit import clock
from gateway.kit.periodic import Part
from gateway.settings import Settings
from gateway.verdict.batch_turns import BatchTurns
from gateway.verdict.budgets.misfit import MisfitAlarm
from gateway.verdict.budgets.service import Budgets
from gateway.verdict.service import DecisionService, RecentVerdicts
from gateway.wiring.neighbours import Neighbours
from money.currencies import load_rates


class Verdicts:
    """
    The verdict path, and what keeps it up to date.

    Attributes:
        decisions: Who decides.
    """

    def __init__(self, settings: Settings, neighbours: Neighbours, *, budgets: Budgets) -> None:
        scorer, ledger, fleet = neighbours.scorer, neighbours.ledger, neighbours.fleet
        self.lists = lists = Lists(ListStore(ledger.database), ledger.is_ready, directory=settings.journal_dir)
        self.policy = policy = PolicyFile(settings.policy_file, gateways=settings.policy_gateways)
        spending = Exposure(
            MongoLeaseStore(ledger.database),
            ledger.is_ready,
            directory=settings.journal_dir,
            rules=lambda: policy.rules,
            is_healthy=scorer.health.is_steady,
            has_company=fleet.has_company,
            instance=fleet.name,
        )
        sharing = BudgetSharing(
            budgets,
            BudgetStore(ledger.database),
            MisfitAlarm(budgets, neighbours.raise_alert, instance=fleet.name, now_s=clock.LEDGER.best_s),
            ledger_is_up=ledger.health.is_up,
            directory=settings.journal_dir,
        )
        self.decisions = decisions = DecisionService(
            scorer=scorer,
            ledger=ledger,
            lists=lists.index,
            budgets=budgets,
            blind=FallbackService(policy, spending, load_rates(settings.reference_rates_file)),
            recent=RecentVerdicts(settings.recent_verdicts_max),
        )
        forgetting = Forgetting(
            Erasures(ledger.database),
            directory=settings.journal_dir,
            forget=decisions.forget,
            is_ready=ledger.is_ready,
            instance=fleet.name,
        )
        self.parts: tuple[Part, ...] = (lists, policy, spending, sharing, forgetting)
        self.services: dict[Any, object] = {
            BatchTurns: BatchTurns(lambda: scorer.waiting),
            Budgets: budgets,
            Lists: lists,
            PolicyFile: policy,
            Exposure: spending,
        }
