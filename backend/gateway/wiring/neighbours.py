"""The brains, the ledger, the other gateways, and whoever is alerted of what happens to them."""

from typing import Any

import structlog

from gateway.features.alerts.buffer import AlertQueue
from gateway.features.alerts.service import Alerts
from gateway.features.audit.service import Chainer
from gateway.features.fleet.service import Fleet, instance_name
from gateway.features.labels.store import Labels
from gateway.features.reviews.service import DecisionLabels
from gateway.features.reviews.store import Reviews
from gateway.features.traffic.service import Traffic
from gateway.kit.circuit import Circuit, CircuitState, Transition
from gateway.ledger.service import Ledger
from gateway.scoring.errors import SCORER_ERRORS
from gateway.scoring.scorer import Scorer
from gateway.settings import Settings
from gateway.verdict.budgets.service import Budgets

_log = structlog.get_logger()


class Neighbours:
    """Who else there is. Alerts start first and close last: the ledger's last words are alerts too."""

    def __init__(self, settings: Settings, *, traffic: Traffic, budgets: Budgets) -> None:
        """Args: traffic, budgets: of this gateway, told to the others with each heartbeat."""
        queue = AlertQueue()
        self.raise_alert = queue.raise_alert
        self.scorer = make_scorer(settings)
        self.ledger = Ledger(settings, instance=instance_name(), chainer=Chainer, raise_alert=queue.raise_alert)
        self.alerts = Alerts(settings, queue, self.ledger.database, is_ledger_up=self.ledger.health.is_up)
        self.fleet = Fleet(
            self.ledger.database,
            self.scorer.circuit,
            self.ledger.journal,
            self.ledger.chainer.heads,
            traffic=traffic,
            budgets=budgets,
            ledger_health=self.ledger.health,
        )
        labels, reviews = Labels(self.ledger.database), Reviews(self.ledger.database)
        self.services: dict[Any, object] = {
            Scorer: self.scorer,
            Ledger: self.ledger,
            Alerts: self.alerts,
            Fleet: self.fleet,
            Labels: labels,
            Reviews: reviews,
            DecisionLabels: DecisionLabels(reviews, labels),
        }


def make_scorer(settings: Settings) -> Scorer:
    """Make the way to the brains, with a circuit of this process's own."""
    circuit = Circuit(
        SCORER_ERRORS,
        fail_max=settings.circuit_fail_max,
        reset_s=settings.circuit_reset_s,
        listeners=[log_transition],
    )
    return Scorer(settings, circuit)


def log_transition(change: Transition) -> None:
    """Log each change of state once: loud when it opens, calm otherwise."""
    say = _log.warning if change.new is CircuitState.OPEN else _log.info
    say("circuit.changed", old=change.old.value, new=change.new.value, failures=change.failures)
