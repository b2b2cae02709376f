"""What routes work with: made once in main, found on the app."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, FastAPI, Request

from gateway.alerts.alerts import Alerts
from gateway.batch_turns import BatchTurns
from gateway.blind.exposure import Exposure
from gateway.blind.file import PolicyFile
from gateway.budgets.service import Budgets
from gateway.fleet import Fleet
from gateway.kit.outbox import Outbox
from gateway.ledger.counting import LedgerCounts
from gateway.ledger.labels import Labels
from gateway.ledger.ledger import Ledger
from gateway.ledger.outages import OutageStore
from gateway.ledger.reviews import Reviews
from gateway.lists.lists import Lists
from gateway.metrics.families import Families
from gateway.metrics.requests import Count
from gateway.models.comparison import LabelledPair, PairComparison
from gateway.models.registry import ModelRegistry
from gateway.observing import Labelled
from gateway.processing import Desk
from gateway.remembered import Remembered
from gateway.reviewing import DecisionLabels
from gateway.scoring.faults import FaultControl
from gateway.scoring.scorer import Scorer
from gateway.serving.connections import Connections
from gateway.status.watch import StatusWatch
from gateway.traffic.answers import Answers
from gateway.traffic.traffic import Traffic


@dataclass(slots=True)
class Services:
    """The parts of a running gateway."""

    desk: Desk
    batch_turns: BatchTurns
    budgets: Budgets
    scorer: Scorer
    ledger: Ledger
    labels: Labels
    learner: Outbox[Labelled]
    fleet: Fleet
    outages: OutageStore
    lists: Lists
    policy: PolicyFile
    spending: Exposure
    models: ModelRegistry
    counts: Remembered[LedgerCounts]
    comparison: Remembered[list[PairComparison]]
    labelled: Remembered[list[LabelledPair]]
    alerts: Alerts
    reviews: Reviews
    decisions: DecisionLabels
    traffic: Traffic
    answers: Answers
    families: Families
    connections: Connections
    faults: FaultControl
    status: StatusWatch
    started_at_s: float


def services_of(request: Request) -> Services:
    """The parts behind this request."""
    return cast(Services, request.app.state.services)


def request_counter_of(app: object) -> Count | None:
    """Who counts the requests of this app; None before its parts are there."""
    services = cast(Services | None, getattr(cast(FastAPI, app).state, "services", None))
    return None if services is None else services.families.request


ServicesDep = Annotated[Services, Depends(services_of)]
