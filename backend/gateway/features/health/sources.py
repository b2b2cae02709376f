"""Reads the facts from the parts that know them. Nothing here waits."""

from time import monotonic

from gateway.fallback.policy_file import PolicyFile
from gateway.features.fleet.service import Fleet, Instance
from gateway.features.health.conditions import ConditionCode
from gateway.features.health.facts import Facts, LackFacts, OtherGateway, WorkerAway
from gateway.features.health.faults import KnownFaults
from gateway.features.health.stalled import Rescoring
from gateway.features.lists.service import Lists
from gateway.features.outages.shortages import Shortfall
from gateway.features.workers.store import Backlog
from gateway.kit import clock
from gateway.kit.cached import Cached
from gateway.kit.circuit import CircuitState
from gateway.ledger.service import Ledger
from gateway.scoring.scorer import Scorer


class Sources:
    """
    The parts of one gateway.

    Attributes:
        unscored: Times in which verdicts lack a score.
        degraded: Times in which scores lack history.
    """

    def __init__(
        self,
        *,
        scorer: Scorer,
        ledger: Ledger,
        fleet: Fleet,
        lists: Lists,
        policy: PolicyFile,
        faults: KnownFaults,
        backlog: Cached[Backlog],
        oldest_waiting_s: Cached[float | None],
    ) -> None:
        """Args: backlog, oldest_waiting_s: what waits for a worker; asked for only while none is there, or works."""
        self.unscored = Shortfall(scorer.monitor.without_score, now_s=monotonic)
        self.degraded = Shortfall(scorer.monitor.without_history, now_s=monotonic)
        self._scorer = scorer
        self._ledger = ledger
        self._fleet = fleet
        self._lists = lists
        self._policy = policy
        self._faults = faults
        self._backlog = backlog
        self._rescoring = Rescoring(
            fleet.workers,
            scorer_is_healthy=scorer.health.is_proven,
            oldest_waiting_s=oldest_waiting_s,
            now_s=monotonic,
        )

    def read(self) -> Facts:
        """As of now."""
        scorer, fleet, journal = self._scorer, self._fleet, self._ledger.journal
        skew = clock.LEDGER.skew
        brains, blindness = scorer.brains(), scorer.monitor.blindness
        return Facts(
            circuit=scorer.circuit.state,
            brains=len(brains),
            distrusted=sum(brain.is_distrusted for brain in brains),
            is_reachable=scorer.health.is_reachable(),
            has_only_unhealthy=scorer.has_only_unhealthy,
            blind_since=blindness.since if blindness is not None else None,
            unscored=_lack(self.unscored),
            degraded=_lack(self.degraded),
            ledger_is_up=not self._ledger.health.is_down(),
            ledger_changed_at=self._ledger.health.changed_at,
            journal_is_available=journal.is_available,
            pending=journal.counts.pending,
            oldest_pending_s=journal.oldest_pending_s,
            lists_are_known=self._lists.as_of is not None,
            faults=self._faults.known(),
            clock_skew_s=skew.total_seconds() if skew is not None and clock.LEDGER.is_wrong else None,
            policy_error=self._policy.error,
            lost=journal.lost.count,
            lost_found_at=journal.lost.first[0].found_at if journal.lost.first else None,
            others=tuple(_other(instance) for instance in fleet.others()),
            worker_away=self._worker_away(),
            stalled=self._rescoring.stalled(),
        )

    def _worker_away(self) -> WorkerAway | None:
        away_s = self._fleet.workers.away_s
        if away_s is None:
            return None
        self._backlog.refresh()
        known = self._backlog.get_stale()
        return WorkerAway(away_s, None if known is None else known.value)


def _lack(shortfall: Shortfall) -> LackFacts:
    shortfall.look()
    return LackFacts(shortfall.last_minute, shortfall.since)


def _other(instance: Instance) -> OtherGateway:
    """Also of a version that tells no conditions: its circuit it does tell."""
    circuit = () if instance.state is CircuitState.CLOSED else (ConditionCode.CIRCUIT_OPEN.value,)
    return OtherGateway(instance.name, tuple(sorted({*instance.conditions, *circuit})))
