"""Wires together what a worker does: it re-scores, alerts, settles outages, and sweeps up what was left behind."""

from functools import partial
from time import monotonic

from gateway.features.alerts.dispatcher import AlertDispatcher
from gateway.features.alerts.service import receiver_of
from gateway.features.alerts.store import AlertDocuments
from gateway.features.audit.sweep import SWEEP_S, Sweep
from gateway.features.labels.store import Labels
from gateway.features.outages import settlement
from gateway.features.outages.settlement import OutageSettlement
from gateway.features.outages.store import OutageStore
from gateway.features.rescoring import flips
from gateway.features.rescoring.flips import FlipNotifier
from gateway.features.rescoring.rate_limiter import RateLimiter
from gateway.features.rescoring.service import Rescorer
from gateway.features.rescoring.store import RescoreBacklog
from gateway.features.rescoring.suspects import SuspectMarker
from gateway.features.reviews import service as reviewing
from gateway.features.reviews.service import DecisionLabels, DecisionSweep
from gateway.features.reviews.store import Reviews
from gateway.features.workers.service import Job, WorkerHeartbeat
from gateway.features.workers.store import JobLeases, journals_are_empty
from gateway.features.workers.upgrade import LOOK_S as UPGRADE_S
from gateway.features.workers.upgrade import Upgrade
from gateway.kit.circuit import CircuitState, Transition
from gateway.kit.periodic import Part
from gateway.ledger.client import Database
from gateway.ledger.health import LedgerHealth
from gateway.scoring.canary.trial import Trial
from gateway.scoring.canary.watch import CanaryWatch
from gateway.scoring.scorer import Scorer
from gateway.settings import Settings


class Jobs:
    """
    The jobs, and the circuit's way to them. Each is leased, as a whole or by what it works on: several workers may run.

    Attributes:
        rescorer: For figures.
    """

    def __init__(
        self, settings: Settings, database: Database, health: LedgerHealth, scorer: Scorer, *, name: str
    ) -> None:
        """Args: name: of this process."""
        self.leases = leases = JobLeases(database, holder=name)
        alerts = AlertDispatcher(AlertDocuments(database), receiver_of(settings), is_ledger_up=health.is_up)
        backlog = RescoreBacklog(database, instance=name)
        flip_job = Job(
            "flips", FlipNotifier(backlog, alerts.record).look, leases, every_s=flips.LOOK_S, is_open=health.is_up
        )
        self.rescorer = Rescorer(
            scorer,
            backlog,
            RateLimiter(settings.rescore_per_s, monotonic),
            scorer_is_healthy=scorer.health.is_proven,
            ledger_is_healthy=health.is_up,
            on_settled=flip_job.wake,
        )
        sweep = Sweep(database, instance=name)
        sweep_job = Job("sweep.chain", sweep.look, leases, every_s=SWEEP_S, is_open=health.is_up)
        heartbeat = WorkerHeartbeat(
            database,
            name=name,
            circuit=scorer.circuit,
            health=health,
            settled=lambda: self.rescorer.settled,
            heads=sweep.heads,
        )
        outages = OutageSettlement(
            OutageStore(database, instance=name),
            alerts.record,
            journals_are_empty=partial(journals_are_empty, database),
        )
        outage_job = Job("outages", outages.look, leases, every_s=settlement.LOOK_S, is_open=health.is_up)
        older = Upgrade(database)
        upgrade_job = Job(
            "upgrade", older.look, leases, every_s=UPGRADE_S, is_open=lambda: health.is_up() and not older.is_done
        )
        # no journal here: what this worker scored is in MongoDB or nowhere
        suspects = SuspectMarker(backlog, ledger_is_healthy=health.is_up, journal_is_empty=lambda: True)
        self._canary = CanaryWatch(scorer, scorer.monitor, every_s=settings.canary_s, on_suspect=suspects.add)
        trial = Trial(scorer.circuit, is_reachable=scorer.health.is_reachable, try_canary=self._canary.try_one)
        self.parts: tuple[Part, ...] = (
            leases, heartbeat, alerts, flip_job, self.rescorer, outage_job, upgrade_job, suspects, self._canary, trial,
            sweep_job, _decisions(database, health, leases),
        )  # fmt: skip

    def circuit_changed(self, change: Transition) -> None:
        """Pass a change of the circuit on to those that wait for it."""
        if change.new is CircuitState.CLOSED:
            self._canary.circuit_closed()
            self.rescorer.scorer_is_back()


def _decisions(database: Database, health: LedgerHealth, leases: JobLeases) -> Part:
    reviews = Reviews(database)
    sweep = DecisionSweep(DecisionLabels(reviews, Labels(database)), reviews)
    return Job("sweep.decisions", sweep.sweep, leases, every_s=reviewing.SWEEP_S, is_open=health.is_up)
